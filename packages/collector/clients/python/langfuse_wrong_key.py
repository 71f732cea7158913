"""A wrong key: what the SDK says of it. Any version of Langfuse's Python SDK."""

import json

from langfuse import Langfuse

langfuse = Langfuse()
told = {"version": None}
try:
    told["authCheck"] = langfuse.auth_check()
except Exception as error:
    told["authCheck"] = repr(error)

if hasattr(langfuse, "start_observation"):
    langfuse.start_observation(name="refused").end()
else:
    langfuse.trace(name="refused")
langfuse.flush()
print(json.dumps(told))
