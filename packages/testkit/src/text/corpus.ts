/** Languages in which testkit makes text: one-byte and two-byte strings are both exercised. */
export type TextLanguage = 'vi' | 'en';

interface Corpus {
  readonly sentences: readonly string[];
  readonly slots: Readonly<Record<string, readonly string[]>>;
}

const VIETNAMESE: Corpus = {
  sentences: [
    'Chào {name}, hôm nay chúng mình cùng học bài về {topic} nhé!',
    'Con hãy nghe thật kỹ rồi nói lại từ "{word}" cho robot nghe nào.',
    'Giỏi lắm {name}! Con phát âm từ "{word}" rất rõ ràng.',
    'Âm cuối của từ "{word}" hơi khó một chút, con thử đọc chậm lại xem sao.',
    'Trong tiếng Việt, "{word}" có nghĩa là {meaning}.',
    'Con có nhìn thấy {meaning} ở {place} bao giờ chưa?',
    'Robot kể cho con nghe một câu chuyện ngắn về {meaning} nhé.',
    'Ngày xưa, ở một ngôi làng nhỏ bên {place}, có một bạn nhỏ tên là {name}.',
    'Mỗi buổi sáng, bạn ấy thức dậy sớm, đánh răng, rửa mặt rồi ra {place} chơi.',
    'Bạn {name} mang theo một chiếc bánh, hai quả táo và một bình nước mát.',
    'Cô giáo hỏi cả lớp: "Ai biết từ {word} nghĩa là gì nào?"',
    'Nếu con chưa nhớ thì cũng không sao, chúng mình ôn lại từ đầu.',
    'Bây giờ con hãy đếm từ một đến mười bằng tiếng Anh cùng robot.',
    'Con thử đặt một câu có từ "{word}" xem nào, câu ngắn thôi cũng được.',
    'Đúng rồi! Câu của con rất hay, chỉ cần thêm một dấu chấm ở cuối câu.',
    'Khi đọc từ "{word}", con nhớ tròn môi và bật hơi nhẹ ở đầu.',
    'Hôm qua {name} đã học được năm từ mới, hôm nay chúng mình học thêm ba từ nữa.',
    'Mình nghỉ một phút, uống nước rồi học tiếp nhé.',
    'Con thích {topic} nhất ở điểm nào? Kể cho robot nghe với.',
    'Ở {place} có rất nhiều cây xanh, tiếng chim hót líu lo và gió thổi mát rượi.',
    'Bố mẹ sẽ rất vui khi nghe con kể lại câu chuyện này bằng tiếng Anh.',
    'Robot sẽ đọc mẫu ba lần, con nghe rồi đọc theo: {word}, {word}, {word}.',
    'Từ này có hai âm tiết, trọng âm rơi vào âm tiết thứ nhất.',
    'Con nghe thấy tiếng gì ở đầu từ "{word}"? Là âm môi hay âm lưỡi?',
    'Tuyệt vời! Con được thêm một ngôi sao, tổng cộng là {count} ngôi sao rồi.',
    'Chúng mình cùng hát một bài hát về {topic} trước khi kết thúc bài học nhé.',
  ],
  slots: {
    name: ['Minh Anh', 'Bảo Ngọc', 'Gia Huy', 'Khánh Linh', 'Đức Phúc', 'Thảo Vy', 'Quốc Bảo', 'Hà My'],
    topic: ['các con vật', 'trái cây', 'màu sắc', 'gia đình', 'trường học', 'thời tiết', 'đồ chơi', 'nghề nghiệp'],
    word: ['apple', 'elephant', 'banana', 'yellow', 'teacher', 'rabbit', 'window', 'mother', 'orange', 'tiger'],
    meaning: ['quả táo', 'con voi', 'quả chuối', 'màu vàng', 'cô giáo', 'con thỏ', 'cửa sổ', 'người mẹ', 'con hổ'],
    place: ['bờ sông', 'công viên', 'sân trường', 'khu vườn', 'sở thú', 'bãi biển', 'nhà bà ngoại', 'thư viện'],
    count: ['ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín', 'mười'],
  },
};

const ENGLISH: Corpus = {
  sentences: [
    'Hello {name}, today we are going to learn some words about {topic}.',
    'Listen carefully, and then say the word "{word}" back to me.',
    'Well done, {name}! You said "{word}" very clearly.',
    'The last sound of "{word}" is a little hard, so let us try it slowly.',
    'Have you ever seen something like that at {place}?',
    'Let me tell you a short story about {name} and a box of toys.',
    'Once upon a time, in a small village near {place}, there lived a child called {name}.',
    'Every morning {name} woke up early, washed, had breakfast and ran to {place}.',
    'The teacher asked the class: "Who can tell me what {word} means?"',
    'It is fine if you do not remember; we will go over it from the beginning.',
    'Now count from one to ten together with me, nice and slow.',
    'Can you make a sentence with the word "{word}"? A short one is enough.',
    'That is right! It is a good sentence; just add a full stop at the end.',
    'When you say "{word}", make your lips round and let a little air out.',
    'Yesterday you learned five new words, and today we will learn three more.',
    'Let us rest for a minute, drink some water and then go on.',
    'What do you like best about {topic}? I would love to hear it.',
    'There are many green trees at {place}, and the birds are singing in the wind.',
    'Your parents will be happy when you tell them this story in English.',
    'I will read it three times and you repeat after me: {word}, {word}, {word}.',
    'This word has two syllables, and the stress falls on the first one.',
    'Which sound do you hear at the beginning of "{word}"?',
    'Great work! You get one more star, so you have {count} stars now.',
    'Before we finish, let us sing a song about {topic} together.',
    'If you get stuck, say "again" and I will repeat the question for you.',
    'Look at the picture: a red kite is flying over {place} on a sunny day.',
  ],
  slots: {
    name: ['Anna', 'Ben', 'Lily', 'Tom', 'Mia', 'Jack', 'Sophie', 'Daniel'],
    topic: ['animals', 'fruit', 'colours', 'the family', 'school', 'the weather', 'toys', 'jobs'],
    word: ['apple', 'elephant', 'banana', 'yellow', 'teacher', 'rabbit', 'window', 'mother', 'orange', 'tiger'],
    place: ['the river', 'the park', 'the playground', 'the garden', 'the zoo', 'the beach', 'the library'],
    count: ['three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  },
};

export const CORPORA: Readonly<Record<TextLanguage, Corpus>> = { vi: VIETNAMESE, en: ENGLISH };
