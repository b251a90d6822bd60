import { testParity } from "./cases.ts";

testParity("elementwise");
