import { testParity } from "./cases.ts";

testParity("products");
