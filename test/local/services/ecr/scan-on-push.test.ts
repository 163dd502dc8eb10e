import type { WholeRequest, WholeResponse } from "../../../../local/gateway/exchange";
import { SERVICES } from "../../../../local/services";
import { scanOnPush } from "../../../../local/services/ecr/scan-on-push";

/** What the emulator is asked. */
async function seenOf(asked: object): Promise<unknown> {
  const body = Buffer.from(JSON.stringify(asked));
  const request = { operation: "PutImageScanningConfiguration", body } as WholeRequest;
  let seen: unknown;
  const forward = async (one: WholeRequest): Promise<WholeResponse> => {
    seen = JSON.parse(one.body.toString());
    return { status: 200, headers: {}, body: "{}" };
  };
  await scanOnPush.correct(request, forward);
  return seen;
}

test("a configuration that says nothing ends the scan of what is pushed", async () => {
  const repository = { registryId: "123456789012", repositoryName: "app" };
  expect(await seenOf({ ...repository, imageScanningConfiguration: {} })).toEqual({
    ...repository,
    imageScanningConfiguration: { scanOnPush: false },
  });
  for (const scan of [true, false]) {
    const asked = { ...repository, imageScanningConfiguration: { scanOnPush: scan } };
    expect(await seenOf(asked)).toEqual(asked);
  }
});

test("what has no configuration is refused by the emulator, and other calls are its own", async () => {
  expect(await seenOf({ repositoryName: "app" })).toEqual({ repositoryName: "app" });
  expect(scanOnPush.applies({ operation: "CreateRepository" } as WholeRequest)).toBe(false);
  expect(scanOnPush.applies({ operation: "PutImageScanningConfiguration" } as WholeRequest)).toBe(true);
});

test("the service mends it", () => {
  const ecr = SERVICES.find(({ name }) => name === "ecr");
  expect(ecr?.corrections?.({} as never)).toContain(scanOnPush);
});
