import { outdatedTags } from "../../../cli/preview/images";

const commit = (digit: string) => digit.repeat(12);
const image = (day: number, ...imageTags: string[]) => ({
  imageTags,
  imagePushedAt: new Date(2026, 10, day),
});
const RUNNING = `123456789012.dkr.ecr.us-east-1.amazonaws.com/acme/dev/previews:shop-${commit("3")}`;
const of = { name: "shop", keep: 2, running: RUNNING };

test("the newest images of a preview stay, in whatever order ECR lists them, and those of others are none of it", () => {
  const images = [
    image(2, `shop-${commit("2")}`),
    image(3, `shop-${commit("3")}`),
    image(1, `shop-${commit("1")}`),
    image(1, `shop-web-${commit("1")}`),
    image(1, "shop-latest"),
  ];
  expect(outdatedTags(images, of)).toEqual([`shop-${commit("1")}`]);
  expect(outdatedTags(images, { ...of, keep: 3 })).toEqual([]);
});

test("the image that runs stays, however old it is", () => {
  const images = [1, 2, 3, 4, 5].map((day) => image(8 - day, `shop-${commit(String(day))}`));
  expect(outdatedTags(images, { ...of, running: RUNNING.replaceAll("3", "5") })).toEqual([
    `shop-${commit("3")}`,
    `shop-${commit("4")}`,
  ]);
});

test("of an image with several tags the preview's own are taken away alone", () => {
  const images = [image(9, `shop-${commit("9")}`), image(1, `shop-${commit("1")}`, `app-${commit("1")}`)];
  expect(outdatedTags(images, { ...of, keep: 1 })).toEqual([`shop-${commit("1")}`]);
});
