import { element } from "./elements";

/** What is chosen, by the name of the field; empty: no matter what. */
export type Chosen<K extends string> = Record<K | "text", string>;

/** A value that can be chosen, and what stands for it. */
export type Choice = readonly [value: string, words: string];

/** Of what a form is made by which a list is narrowed down. */
export interface FilterFormProps<K extends string> {
  /** What the text is searched in. */
  readonly placeholder: string;

  /** Title and choices of each field, in their order; the first choice is that of a page without a filter. */
  readonly fields: Readonly<Record<K, readonly [title: string, ...choices: Choice[]]>>;

  /** What stands at its end. */
  readonly more?: readonly HTMLElement[];

  /** Called when somebody has chosen something. */
  readonly changed: () => void;
}

/** A form by which a list is narrowed down. */
export interface FilterForm<K extends string> {
  readonly form: HTMLFormElement;

  /** What is chosen becomes the filter. */
  readonly read: (filter: Chosen<K>) => void;

  /** The filter becomes what is chosen. */
  readonly write: (filter: Chosen<K>) => void;
}

/** Milliseconds after the last key at which a text is searched. */
const PAUSE = 120;

/** Makes the form: a field of text, which `/` focuses and Escape empties, and fields of choices. */
export function filterForm<K extends string>({
  placeholder,
  fields,
  more = [],
  changed,
}: FilterFormProps<K>): FilterForm<K> {
  const text = element("input", {
    type: "search",
    name: "text",
    id: "text",
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
  });
  let pause = 0;
  text.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(changed, PAUSE);
  });
  listenToKeys(text, changed);
  const names = Object.keys(fields) as K[];
  const controls = names.map((name) => {
    const [title, ...choices] = fields[name];
    const control = element(
      "select",
      { name },
      ...choices.map(([value, words]) => element("option", { value }, words)),
    );
    control.addEventListener("change", changed);
    return { name, control, label: element("label", {}, element("span", {}, title), control) };
  });
  const form = element(
    "form",
    { role: "search", class: "filters", submit: (event) => event.preventDefault() },
    element("label", { class: "text" }, element("span", {}, "Text ", element("kbd", {}, "/")), text),
    ...controls.map(({ label }) => label),
    ...more,
  );
  return {
    form,
    read: (filter) => {
      const chosen: Record<string, string> = filter;
      for (const { name, control } of controls) chosen[name] = control.value;
      chosen.text = text.value;
    },
    write: (filter) => {
      for (const { name, control } of controls) control.value = filter[name];
      text.value = filter.text;
    },
  };
}

function listenToKeys(text: HTMLInputElement, changed: () => void): void {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      text.focus();
    } else if (event.key === "Escape" && event.target === text) {
      text.value = "";
      changed();
    }
  });
}

/** Takes a filter from what follows the `#?` of the address. */
export function readAddress(filter: Record<string, string>): void {
  const wanted = new URLSearchParams(location.hash.replace(/^#\??/, ""));
  for (const name of Object.keys(filter)) filter[name] = wanted.get(name) ?? "";
}

/** Lets the address keep a filter. */
export function writeAddress(filter: Readonly<Record<string, string>>): void {
  const wanted = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  try {
    history.replaceState(null, "", wanted.size > 0 ? `#?${wanted}` : "#");
  } catch {
    // A frame without an address of its own keeps the filter for itself.
  }
}
