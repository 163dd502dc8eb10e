import { ofOperations } from "../../gateway/corrections";
import type { Correction } from "../../gateway/service";

/**
 * A repository whose images are no longer scanned. SDKs of Go omit what is false, so that the configuration is empty, and
 * moto takes an empty one for none and keeps what it has.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanningConfiguration.html
 */
export const scanOnPush: Correction = ofOperations(
  ["PutImageScanningConfiguration"],
  async (request, forward) => {
    const asked = JSON.parse(request.body.toString() || "{}") as { imageScanningConfiguration?: object };
    const { imageScanningConfiguration: configuration } = asked;
    if (typeof configuration !== "object" || configuration === null) return forward(request);
    const imageScanningConfiguration = { scanOnPush: false, ...configuration };
    return forward({
      ...request,
      body: Buffer.from(JSON.stringify({ ...asked, imageScanningConfiguration })),
    });
  },
);
