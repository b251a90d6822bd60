import { testParity } from "../support/parity/cases.ts";

testParity("typed-functions");
