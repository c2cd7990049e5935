/** Drawn on a grid of 20, in the colour of the text around them; their meaning is always said in words beside. */
const icon = (path: string) => () => (
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    <path d={path} />
  </svg>
);

export const CloseIcon = icon("M5 5l10 10M15 5L5 15");
export const SendIcon = icon("M10 16V4M5 9l5-5 5 5");
export const DownIcon = icon("M10 4v12M5 11l5 5 5-5");
export const ClockIcon = icon("M10 3a7 7 0 100 14 7 7 0 000-14zM10 6.5V10l2.5 1.5");
export const CheckIcon = icon("M4 10.5l4 4 8-9");
export const DoubleCheckIcon = icon("M1.5 10.5l4 4 8-9M10 14l.5.5 8-9");
export const WarningIcon = icon("M10 3a7 7 0 100 14 7 7 0 000-14zM10 6.5v4M10 13.4v.1");
export const VerifiedIcon = icon("M10 2l6.5 2.5V9c0 4-2.5 7-6.5 9-4-2-6.5-5-6.5-9V4.5zM7 10l2.2 2.2L13 8");
