export * from "./alarm-times";
export * from "./api-alarm-settings";
export { ApiAlarms, type ApiAlarmsProps } from "./api-alarms";
export * from "./dashboard";
export * from "./function-alarm-settings";
export {
  CanaryAlarms,
  type CanaryAlarmsProps,
  FunctionAlarms,
  type FunctionAlarmsProps,
} from "./function-alarms";
export * from "./log-group";
export * from "./retention";
