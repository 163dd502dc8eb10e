import { correctEc2 } from "./correct";

/** The answer to an operation, where the emulator behind refuses it. */
async function answered(operation: string): Promise<string> {
  const request = {
    method: "POST",
    url: "/",
    headers: {},
    scope: { accessKey: "key", region: "us-east-1", service: "ec2" },
    operation,
    body: Buffer.from(`Action=${operation}`),
  };
  const { body } = await correctEc2(request, async () => ({ status: 500, headers: {}, body: "unknown" }));
  return String(body);
}

test("no image is in the Recycle Bin, and other operations are the emulator's", async () => {
  expect(await answered("ListImagesInRecycleBin")).toContain("<imageSet/>");
  expect(await answered("GetImageBlockPublicAccessState")).toBe("unknown");
});
