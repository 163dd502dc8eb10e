/** Where a page of Groundplan's documentation is: any repository has the command line, and only Groundplan's has the page. */
export function page(name: string): string {
  return `https://github.com/groundplan/groundplan/blob/main/docs/${name}.md`;
}
