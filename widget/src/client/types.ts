/** What goes over the wire (docs/api.md) and what a chat tells its listeners. */

export interface Choice {
  title: string;
  payload?: string;
  url?: string;
}

export interface Source {
  id: string;
  name: string;
  url: string | null;
}

export type Author = "visitor" | "guide" | "staff" | "system";

/** One message as the server shows it. `name` and `role` are those of a person on the staff. */
export interface ServerMessage {
  seq: number;
  author: Author;
  text: string;
  at: string;
  client_id?: string;
  buttons?: Choice[];
  sources?: Source[];
  language?: string;
  name?: string;
  role?: string;
  /** Stands where the conversation changes hands: who answers from here on. */
  owner?: string;
  /** Whether the visitor may say if it helped, and what they said. */
  rateable?: boolean;
  helpful?: boolean;
  /** The kind of danger that it answers. */
  danger?: string;
}

/** A message in the transcript: the server's, or one that it does not have yet. */
export interface Message extends Omit<ServerMessage, "seq"> {
  key: string;
  seq?: number;
  /** Its place among all sessions of this page. */
  order?: number;
  state?: ItemState;
  button?: string;
  /** A line of the page itself. */
  local?: boolean;
}

export type ItemState = "sending" | "sent" | "waiting" | "refused";

/** What the visitor wrote and the server has not stored yet. */
export interface Item {
  id: string;
  text: string;
  button?: string;
}

export interface Unstored {
  say?: string[];
  buttons?: Choice[];
}

export type Phase = "idle" | "open";
export type Link = "connecting" | "live" | "offline" | "unreachable";

export interface Typing {
  on: boolean;
  by: Author;
  name?: string;
}

export type ChatEvent =
  | { kind: "phase"; phase: Phase }
  | { kind: "message"; message: Message; past: boolean; before: string | null }
  | ({ kind: "typing" } & Typing)
  | { kind: "link"; link: Link }
  | { kind: "cleared" };

/** What a reload needs. */
export interface Kept {
  token: string | null;
  unsent: Item[];
}

/** Keeps a little for as long as the tab lives, once the visitor has opened the chat. */
export interface Memory {
  read(): Partial<Kept> | null;
  write(value: Kept): void;
  forget(): void;
}
