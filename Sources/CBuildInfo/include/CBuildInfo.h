#pragma once
/// The commit that this was built from, with a + where the tree differed from it; "unknown" outside a checkout.
const char *weir_build_commit(void);
