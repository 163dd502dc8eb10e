import { findBrowser, MOST_BYTES, takePictures } from "../../../tools/pictures/browser.mjs";
import { commentPage } from "../../../tools/pictures/comment.mjs";

/** The set-up installs a browser where it may; without one these are skipped, but not in CI. */
const inBrowser = findBrowser() !== undefined || process.env.CI === "true" ? test : test.skip;

/** Size of a PNG in pixels; none for what is no PNG. */
function sizeOf(png: Buffer): readonly number[] | undefined {
  const isPng = png.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  return isPng ? [png.readUInt32BE(16), png.readUInt32BE(20)] : undefined;
}

inBrowser(
  "the script makes a picture of a comment in both colour schemes, as sharp as its size allows",
  async () => {
    const page = commentPage(
      "## 📝 Plan: 1 stack will change\n\n| stack | `dev` |\n|---|---|\n| `network` | +36 |\n",
    );
    const { light, dark } = await takePictures(page);
    expect(sizeOf(light)?.[0]).toBe(2 * 860);
    expect(sizeOf(dark)).toEqual(sizeOf(light));
    expect(dark.equals(light)).toBe(false);
    expect(Math.max(light.length, dark.length)).toBeLessThan(MOST_BYTES);
    const smaller = await takePictures(page, light.length);
    expect(sizeOf(smaller.light)?.[0]).toBeLessThan(2 * 860);
    await expect(takePictures(page, 100)).rejects.toThrow(
      "a picture has more than 100 bytes\n  show less of it",
    );
  },
);

inBrowser("a page with a program of its own is taken as a window shows it", async () => {
  const page = '<main>a</main><script>document.querySelector("main").textContent = "b"</script>';
  const view = { width: 400, height: 300 };
  const { light } = await takePictures(page, MOST_BYTES, view);
  const { light: other } = await takePictures(page.replace('"b"', '"c"'), MOST_BYTES, view);
  expect(sizeOf(light)).toEqual([800, 600]);
  expect(light.equals(other)).toBe(false);
});
