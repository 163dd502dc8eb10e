/** What an element is given: attributes, and what it does. */
type Properties = Readonly<Record<string, string | number | boolean | EventListener | undefined>>;

/** An element. A child that is a string becomes text: nothing of it is ever read as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  applyTo(made, properties);
  made.append(...children);
  return made;
}

/** The same of SVG. */
export function drawing(
  tag: keyof SVGElementTagNameMap,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  applyTo(made, properties);
  made.append(...children);
  return made;
}

function applyTo(made: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
}

/** A number with its noun. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
