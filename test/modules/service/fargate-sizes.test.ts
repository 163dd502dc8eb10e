import { FARGATE_CPU, fargateMemory, fargateSizeFaults } from "@groundplan/modules/service/fargate-sizes";

test("the table is that of the guide", () => {
  const table = FARGATE_CPU.map((cpu) => {
    const memory = fargateMemory(cpu);
    return [cpu, memory[0], memory.at(-1), memory.length];
  });
  expect(table).toEqual([
    [256, 512, 2048, 3],
    [512, 1024, 4096, 4],
    [1024, 2048, 8192, 7],
    [2048, 4096, 16_384, 13],
    [4096, 8192, 30_720, 23],
    [8192, 16_384, 61_440, 12],
    [16_384, 32_768, 122_880, 12],
  ]);
});

test("a size of the table passes, and others are refused with the nearest that is offered", () => {
  expect(fargateSizeFaults(256, 512)).toEqual([]);
  expect(fargateSizeFaults(1024, 3072)).toEqual([]);
  expect(fargateSizeFaults(300, 512)[0]).toMatchObject({
    instead: "use one of 256, 512, 1024, 2048, 4096, 8192, 16384",
  });
  expect(fargateSizeFaults(256, 4096)).toEqual([
    {
      what: "memoryMb is 4096: with cpu 256 Fargate offers 512, 1024, 2048",
      instead: "use e.g. 2048, or more cpu",
    },
  ]);
  expect(fargateSizeFaults(1024, 2500)).toEqual([
    {
      what: "memoryMb is 2500: with cpu 1024 Fargate offers 2048 to 8192 in steps of 1024",
      instead: "use e.g. 3072, or more cpu",
    },
  ]);
});
