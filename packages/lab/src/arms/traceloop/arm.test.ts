import { describeWrappingArm } from '../../../test/support/arm-suite.js';

// Its wrappers end a span when the function resolves, and do nothing when it rejects.
describeWrappingArm('traceloop', { sendsRejected: false });
