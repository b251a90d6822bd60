import { testParity } from "./cases.ts";

testParity("order");
