/** The languages that pages are written in. */
export type Language = 'en' | 'vi';

/** What the generated blocks of a page say, in one language. Figures are the same in all. */
export interface Phrases {
  readonly nothingCaptured: string;
  readonly oneString: string;
  readonly messages: string;
  readonly longestStall: string;
  readonly serverP99: string;
  readonly cutsValues: string;
  readonly batch: string;
  readonly didLess: string;
  readonly rounds: (count: number) => string;
  readonly cores: (count: number) => string;
  readonly and: string;
  readonly untracedStall: (text: string) => string;
  readonly single: (figures: string) => string;
  readonly burst: (all: string, others: string) => string;
}

/** The phrases of each language. */
export const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    nothingCaptured: 'nothing captured',
    oneString: '100 KB, one string',
    messages: '100 KB, 200 messages',
    longestStall: 'longest stall, 4 KB',
    serverP99: 'p99 of a server under load, against untraced',
    cutsValues: 'cuts values at 25,000 characters',
    batch: 'batch',
    didLess: '\\* lost spans or text, and so did less than its figure says.',
    rounds: (count) => `median of ${count} rounds`,
    cores: (count) => `a machine with ${count} cores`,
    and: 'and',
    untracedStall: (text) => `The untraced run's own longest stall is ${text}.`,
    single: (figures) => `With one trace at a time, and 8 ms of rest after each, a span of 4 KB costs: ${figures}.`,
    burst: (all, others) => `Of 10,000 spans made in one synchronous loop ${all} deliver all${others}.`,
  },
  vi: {
    nothingCaptured: 'không ghi giá trị nào',
    oneString: '100 KB, một chuỗi',
    messages: '100 KB, 200 message',
    longestStall: 'lần đứng lâu nhất, 4 KB',
    serverP99: 'p99 của server đang chịu tải, so với khi không trace',
    cutsValues: 'cắt giá trị ở 25,000 ký tự',
    batch: 'batch',
    didLess: '\\* làm mất span hoặc mất nội dung, nên đã làm ít việc hơn con số cho thấy.',
    rounds: (count) => `trung vị của ${count} vòng đo`,
    cores: (count) => `máy có ${count} nhân`,
    and: 'và',
    untracedStall: (text) => `Ngay cả khi không trace, lần đứng lâu nhất cũng đã là ${text}.`,
    single: (figures) => `Khi mỗi lần chỉ có một trace, và sau mỗi trace nghỉ 8 ms, một span 4 KB tốn: ${figures}.`,
    burst: (all, others) => `Trong 10,000 span tạo ra trong một vòng lặp đồng bộ, ${all} giao đủ${others}.`,
  },
};
