// Single keys at the desk, told by "?". They can be switched off; nothing happens while one writes.

const KEY = "desk-keys";
const isOn = () => localStorage.getItem(KEY) !== "off";

function help(keys) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys-title");
  const head = document.createElement("h2");
  head.id = "keys-title";
  head.textContent = "Keys";
  const list = document.createElement("dl");
  for (const [key, [words]] of Object.entries(keys)) {
    const sign = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    sign.append(kbd);
    const said = document.createElement("dd");
    said.textContent = words;
    list.append(sign, said);
  }
  const choice = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = isOn();
  box.addEventListener("change", () => localStorage.setItem(KEY, box.checked ? "on" : "off"));
  choice.append(box, " Use these keys");
  choice.className = "row";
  const close = document.createElement("button");
  close.className = "quiet";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(head, list, choice, close);
  document.body.append(dialog);
  return dialog;
}

/** `keys` is { key: [what it does, function] }; no function where the browser does it. */
export function listen(keys) {
  const all = { ...keys, "?": ["Show these keys", () => dialog.showModal()] };
  const dialog = help(all);
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input, textarea, select, dialog, [contenteditable]");
    const chord = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (writes || chord || !isOn() || !Object.hasOwn(all, event.key) || !all[event.key][1]) return;
    event.preventDefault();
    all[event.key][1]();
  });
}
