import { testParity } from "./cases.ts";

testParity("filters");
