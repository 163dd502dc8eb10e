import { checkMachines, machineOf } from "../../../../cli/artifact/lambda/machine";

/** The beginning of an ELF file of a machine. */
function elf(machine: number): Uint8Array {
  const bytes = Buffer.alloc(64);
  bytes.write("\x7fELF", 0, "latin1");
  bytes[4] = 2;
  bytes[5] = 1;
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

test("the machine of a file is what its header says", () => {
  expect(machineOf(elf(183))).toBe("arm64");
  expect(machineOf(elf(62))).toBe("x86_64");
  expect(machineOf(elf(8))).toBe("machine 8");
  expect(machineOf(Buffer.from("cffaedfe00", "hex"))).toBe("macOS");
  expect(machineOf(Buffer.from("MZ"))).toBe("Windows");
  expect(machineOf(Buffer.from("\x7fEL"))).toBeUndefined();
  expect(machineOf(Buffer.from("text"))).toBeUndefined();
});

test("what the processor runs passes, and what is never loaded", () => {
  const files = {
    "a.node": elf(183),
    "lib/b.so.1.2": elf(183),
    "bin/tool": elf(62),
    "a.so.txt": elf(62),
    "script.so": Buffer.from("GROUP ( x )"),
  };
  expect(() => checkMachines("web", files, "arm64")).not.toThrow();
});

test.each([
  ["node_modules/a/a.node", elf(62), /node_modules\/a\/a\.node is for x86_64/],
  ["b.so", elf(40), /b\.so is for 32-bit ARM/],
  ["bootstrap", Buffer.from("cffaedfe", "hex"), /bootstrap is for macOS/],
])("planted fault: %s of another machine is refused", (path, content, message) => {
  expect(() => checkMachines("web", { [path]: content }, "arm64")).toThrow(message);
});
