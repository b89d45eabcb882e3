// SwiftPM links a C target only if it compiles something.
#include "cchecksum.h"
