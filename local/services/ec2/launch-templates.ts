import { ofOperations } from "../../gateway/corrections";
import { withBody } from "./query";

/** The tags of the template itself among those that it gives to what is launched. */
const OWN =
  /<item><resourceType>launch-template<\/resourceType><tagSet>(?:(?!<\/tagSet>)[\s\S])*<\/tagSet><\/item>/g;

/**
 * A launch template's tags are not those that it gives to instances and volumes. moto counts them in, so that a
 * second plan would take them out for ever.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateTagSpecification.html
 */
export const withoutOwnTags = ofOperations(["DescribeLaunchTemplateVersions"], async (request, forward) => {
  const response = await forward(request);
  return withBody(response, String(response.body).replaceAll(OWN, ""));
});
