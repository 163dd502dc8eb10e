import { basename, dirname } from "node:path";

/** This workspace's folder; the code runs from it, or from `dist` in it. */
export const WORKSPACE = basename(__dirname) === "dist" ? dirname(__dirname) : __dirname;
