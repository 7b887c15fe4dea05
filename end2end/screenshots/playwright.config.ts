// `SCREENSHOTS=folder npm run screenshots`: pictures of the demo, for the README and for eyes that judge the design.

import base from "../playwright.config";

export default { ...base, testDir: ".", testMatch: "take.ts", outputDir: "../test-results", fullyParallel: false, timeout: 180_000 };
