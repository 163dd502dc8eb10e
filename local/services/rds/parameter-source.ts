import { ofOperations } from "../../gateway/corrections";

/**
 * Whoever has set a parameter of a group is told: moto knows those alone that a user has set, and does not say so. Terraform then
 * sets them again at every plan.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Parameter.html
 */
export const parameterSource = ofOperations(["DescribeDBParameters"], async (request, forward) => {
  const response = await forward(request);
  const body = String(response.body).replaceAll(
    /<Parameter>((?:(?!<Source>)[\s\S])*?)<\/Parameter>/g,
    "<Parameter>$1<Source>user</Source></Parameter>",
  );
  return { ...response, body };
});
