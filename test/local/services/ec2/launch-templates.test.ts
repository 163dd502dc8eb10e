import type { WholeRequest } from "../../../../local/gateway/exchange";
import { correctEc2 } from "./correct";

const tags = (type: string, key: string) =>
  `<item><resourceType>${type}</resourceType><tagSet><item><key>${key}</key><value>x</value></item></tagSet></item>`;

/** An answer about one template's version, with some tags. */
async function mended(specifications: string, operation = "DescribeLaunchTemplateVersions"): Promise<string> {
  const request: WholeRequest = {
    method: "POST",
    url: "/",
    headers: {},
    scope: { accessKey: "key", region: "us-east-1", service: "ec2" },
    operation,
    body: Buffer.from(`Action=${operation}`),
  };
  const body = `<data><tagSpecificationSet>${specifications}</tagSpecificationSet></data>`;
  const response = await correctEc2(request, async () => ({ status: 200, headers: {}, body }));
  return String(response.body);
}

test("the template's own tags are taken out, those of what it launches stay", async () => {
  const launched = tags("instance", "Name") + tags("volume", "Team");
  expect(await mended(launched + tags("launch-template", "Name"))).toContain(`>${launched}<`);
  expect(await mended(tags("launch-template", "Name") + launched)).toContain(`>${launched}<`);
  expect(await mended(launched)).toContain(`>${launched}<`);
});

test("another answer stays as it is", async () => {
  const own = tags("launch-template", "Name");
  expect(await mended(own, "DescribeLaunchTemplates")).toContain(own);
});
