export { PrivateSite, type PrivateSiteProps } from "./private-site";
