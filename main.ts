import { environments } from "./overlays";
import { platform } from "./platform";
import { synthesizePlatform } from "./stacks";

synthesizePlatform(platform, environments);
