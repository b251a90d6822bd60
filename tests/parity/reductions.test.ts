import { testParity } from "./cases.ts";

testParity("reductions");
