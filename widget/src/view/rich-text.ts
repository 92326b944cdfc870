/** Finds phone numbers and web addresses in a text. Only cuts text: builds no HTML. */

export interface Piece {
  text: string;
  href?: string;
  /** Must not break over two lines. */
  whole?: boolean;
}

const SHORT_CODES = new Set(["741741", "838255", "88788"]);
const KEYPAD = ["ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"];
const SAFE_LINK = /^(https?:\/\/|\/[a-z]+$|tel:[+\d*#,;]+$|sms:[+\d,]+([?;]|$))/i;

const FOUND = new RegExp(
  [
    String.raw`(?<web>https?:\/\/[^\s<>"]*[\w/])`,
    String.raw`(?<![\w@.-])(?<domain>(?:[a-z\d-]+\.)+(?:gov|org|com|net)\b(?:\/[^\s<>"]*[\w/])?)(?!@)`,
    String.raw`(?<![\w$.-])(?<phone>(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]?\d{4})(?![\w-])`,
    String.raw`(?<![\w-])(?<letters>1-8\d\d-[A-Z\d]+(?:-[A-Z\d]+)*)(?![\w-])`,
    String.raw`(?<![\w-])(?<ticket>R-[\dA-HJKMNP-TV-Z]{6})(?![\w-])`,
    String.raw`(?<![\w$.,:-])(?<short>911|988|741741|838255|88788)(?![\w-]|[.,:]\d)`,
  ].join("|"),
  "gi",
);

/** The text in pieces, with their addresses. Joined again they are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(FOUND)) {
    const groups = match.groups ?? {};
    const href = groups.ticket ? null : address(groups, text.slice(0, match.index));
    if (!href && !groups.ticket) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push(href ? { text: match[0], href } : { text: match[0], whole: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** The address if it is of a kind that is safe to follow, else null. */
export function safeLink(url: unknown): string | null {
  return typeof url === "string" && SAFE_LINK.test(url) ? url : null;
}

function address(groups: Record<string, string | undefined>, before: string): string | null {
  if (groups.web) return safeLink(groups.web);
  if (groups.domain) return `https://${groups.domain}`;
  if (groups.short) return `${shortScheme(groups.short, before)}:${groups.short}`;
  return telephone(groups.phone ?? groups.letters ?? "");
}

/** "text 988" opens a text message; "call 988" and "call or text 988" open a call. */
function shortScheme(number: string, before: string): string {
  if (SHORT_CODES.has(number)) return "sms";
  const texting = /\btext(ing)?( to)?\s*$/i.test(before) && !/\bor text\s*$/i.test(before);
  return texting && number === "988" ? "sms" : "tel";
}

function telephone(number: string): string | null {
  const digits = number.toUpperCase().replace(/[A-Z]/g, onKeypad).replace(/\D/g, "");
  if (digits.length === 10) return `tel:+1${digits}`;
  return digits.length >= 11 && digits.startsWith("1") ? `tel:+${digits.slice(0, 11)}` : null;
}

function onKeypad(letter: string): string {
  return `${KEYPAD.findIndex((key) => key.includes(letter)) + 2}`;
}
