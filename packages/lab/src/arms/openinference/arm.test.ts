import { describeWrappingArm } from '../../../test/support/arm-suite.js';

describeWrappingArm('openinference');
