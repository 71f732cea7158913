/** Outlines on a 16 × 16 grid, drawn with a stroke of the text's colour. */
const PATHS = {
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5V3.5a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z',
  done: 'M3 8.5l3.3 3.3L13 4.8',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.7 10.7L14 14',
  plus: 'M8 3v10M3 8h10',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6l7.5-4.8z',
  up: 'M8 13V3.5M3.8 7.5L8 3.3l4.2 4.2',
  back: 'M13 8H3.5M7.5 3.8L3.3 8l4.2 4.2',
  right: 'M6 3.5L10.5 8 6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z',
  screen: 'M2.5 3.5h11v7.5h-11zM6 13.5h4',
  help: 'M6 6.2a2 2 0 1 1 2.8 1.9c-.5.3-.8.6-.8 1.3M8 11.8v.1',
  collapse: 'M4 2.5L8 6l4-3.5M4 13.5L8 10l4 3.5',
  expand: 'M4 6L8 2.5 12 6M4 10l4 3.5 4-3.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
