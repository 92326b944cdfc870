/** Builds elements. Words reach the page as text nodes only, never as HTML. */

type Attributes = Record<string, string | undefined>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { text, ...attributes }: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

export function button(
  name: string,
  text: string,
  press: (made: HTMLButtonElement) => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element("button", { type: "button", class: name, text, ...attributes });
  made.addEventListener("click", () => press(made));
  return made;
}

/** A link; one that leaves the page opens beside it, so that the chat stays open. */
export function link(text: string, href: string, attributes: Attributes = {}): HTMLAnchorElement {
  const apart = /^(tel|sms):/i.test(href) ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return element("a", { text, href, ...apart, ...attributes });
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M5 7h14M5 12h14M5 17h14",
};

export function icon(name: keyof typeof ICONS): SVGElement {
  const made = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  made.append(path);
  return made;
}

/** The focused element, inside the shadow root that `inside` stands in. */
export function focused(inside: Node): Element | null {
  const root = inside.getRootNode();
  return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
}
