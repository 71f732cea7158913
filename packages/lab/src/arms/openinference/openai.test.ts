import { describeClientArm } from '../../../test/support/arm-suite.js';

describeClientArm('openinference-openai');
