"""A provider that has the schemas it is given, keeps what Terraform sends it and answers what it is told to.

It speaks version 6 of the plugin protocol: gRPC without encryption on a local socket that Terraform is told of by the
variable TF_REATTACH_PROVIDERS, so nothing has to be installed. Only what the recordings need is there: no provider
functions, no import, no move.

The field numbers below are facts of the protocol. The numbers that requests and answers share:

    DynamicValue    1 MessagePack  2 JSON
    Schema          1 version  2 block
    block           2 attributes  3 block types  6 deprecated
    attribute       1 name  2 type, as JSON  4 required  5 optional  6 computed  7 sensitive  9 deprecated
                    10 nested type: 1 attributes  3 nesting    11 write-only
    block type      1 name  2 block  3 nesting  4 fewest  5 most
    nesting         1 single  2 list  3 set  4 map  5 group
"""

import concurrent.futures
import json
import os

# Terraform is started from a process in which gRPC runs, and inherits nothing of it.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import grpc  # noqa: E402

from wire import UNKNOWN, decode, decode_value, encode, encode_value, mapping  # noqa: E402

SOURCE = "registry.terraform.io/example/oracle"
NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


class Provider:
    """One provider, listening from `with` on.

    `schemas` is one of the `provider_schemas` that `terraform providers schema -json` prints. `requests` gets every
    value that Terraform sends, with the call it came by. Where `planned` or `applied` is set, it is the answer to every
    plan or apply; else the plan of something new is what Terraform proposes with everything computed unknown, of
    something that is there what is proposed, and a result is the plan with something for what is unknown.
    """

    def __init__(self, schemas, socket):
        self.schemas = schemas
        self.socket = socket
        self.requests = []
        self.planned = self.applied = ...

    def __enter__(self):
        calls = {
            "GetProviderSchema": self.schema,
            "ValidateProviderConfig": lambda request: {},
            "ValidateResourceConfig": self.validate,
            "ValidateDataResourceConfig": self.validate,
            "ConfigureProvider": lambda request: {},
            "UpgradeResourceState": lambda request: {1: encode({2: decode(request[3])[1]})},
            "ReadResource": lambda request: {1: request[2]},
            "PlanResourceChange": self.plan,
            "ApplyResourceChange": self.apply,
            "ReadDataSource": self.read_data,
            "StopProvider": lambda request: {},
        }
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(
                lambda request, context, call=call: call(request),
                request_deserializer=decode,
                response_serializer=encode,
            )
            for name, call in calls.items()
        }
        # One at a time, so that the requests of a case have one order.
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
        generic = grpc.method_handlers_generic_handler("tfplugin6.Provider", handlers)
        self.server.add_generic_rpc_handlers((generic,))
        self.server.add_insecure_port(f"unix:{self.socket}")
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop(None).wait()

    def environment(self):
        """What tells Terraform where the provider is, and that it is not to end its process."""
        address = {"Network": "unix", "String": str(self.socket)}
        how = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": address}
        return {"TF_REATTACH_PROVIDERS": json.dumps({SOURCE: how})}

    def schema(self, request):
        return {
            1: schema(self.schemas.get("provider", {})),
            2: mapping({name: schema(one) for name, one in self.schemas.get("resource_schemas", {}).items()}),
            3: mapping({name: schema(one) for name, one in self.schemas.get("data_source_schemas", {}).items()}),
        }

    def validate(self, request):
        self.keep("validate", request, config=2)
        return {}

    def plan(self, request):
        kept = self.keep("plan", request, prior=2, proposed=3, config=4)
        if self.planned is not ...:
            return {1: dynamic(self.planned)}
        proposed = kept["proposed"]
        if proposed is not None:
            proposed = planned(proposed, self.resource(kept["type"]), create=kept["prior"] is None)
        return {1: dynamic(proposed)}

    def apply(self, request):
        kept = self.keep("apply", request, planned=3)
        if self.applied is not ...:
            return {1: dynamic(self.applied)}
        return {1: dynamic(made(kept["planned"], object_type(self.resource(kept["type"]))))}

    def resource(self, kind):
        return self.schemas["resource_schemas"][kind]["block"]

    def read_data(self, request):
        result = dict(self.keep("read", request, config=2)["config"])
        for name, attribute in self.schemas["data_source_schemas"][text(request[1])]["block"]["attributes"].items():
            if attribute.get("computed") and result[name] is None:
                result[name] = "made"
        return {1: dynamic(result)}

    def keep(self, call, request, **values):
        """Keeps the values in the fields of a request that `values` names."""
        kept = {name: decode_value(decode(request[number])[1]) for name, number in values.items()}
        self.requests.append({"call": call, "type": text(request[1]), **kept})
        return self.requests[-1]


def schema(document):
    return encode({1: document.get("version", 0), 2: [block(document.get("block", {}))]})


def block(document):
    types = document.get("block_types", {})
    return encode(
        {
            2: attributes(document),
            3: [
                encode(
                    {
                        1: name,
                        2: [block(nested.get("block", {}))],
                        3: NESTING[nested["nesting_mode"]],
                        4: nested.get("min_items", 0),
                        5: nested.get("max_items", 0),
                    }
                )
                for name, nested in types.items()
            ],
            6: document.get("deprecated", False),
        }
    )


def attributes(document):
    return [attribute(name, one) for name, one in document.get("attributes", {}).items()]


def attribute(name, document):
    fields = {1: name}
    nested = document.get("nested_type")
    if nested:
        fields[10] = encode({1: attributes(nested), 3: NESTING[nested["nesting_mode"]]})
    else:
        fields[2] = json.dumps(document["type"])
    flags = {4: "required", 5: "optional", 6: "computed", 7: "sensitive", 9: "deprecated", 11: "write_only"}
    return encode(fields | {number: document.get(flag, False) for number, flag in flags.items()})


def dynamic(value):
    return encode({1: encode_value(value)})


def planned(value, block, create):
    """A body as it is planned: without what may not be kept, and with everything unknown that will be made."""
    value, parts = dict(value), []
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("write_only"):
            value[name] = None
        elif create and attribute.get("computed") and value[name] is None:
            value[name] = UNKNOWN
        elif "nested_type" in attribute:
            parts.append((name, attribute["nested_type"]["nesting_mode"], attribute["nested_type"]))
    parts += [(name, one["nesting_mode"], one["block"]) for name, one in block.get("block_types", {}).items()]
    for name, nesting, body in parts:
        if is_open(body):
            continue
        given = value[name]
        if isinstance(given, dict) and nesting != "map":
            value[name] = planned(given, body, create)
        elif isinstance(given, dict):
            value[name] = {key: planned(part, body, create) for key, part in given.items()}
        elif isinstance(given, list):
            value[name] = [planned(part, body, create) for part in given]
    return value


def made(value, kind, at=()):
    """The value, of a type as JSON has it, with something for everything unknown: "made", and where it is."""
    name, parts = (kind, None) if isinstance(kind, str) else kind
    unknown = value == UNKNOWN
    if value is None:
        return None
    if name == "object":
        return {part: made(UNKNOWN if unknown else value[part], kind, (*at, part)) for part, kind in parts.items()}
    if name == "tuple":
        given = [UNKNOWN] * len(parts) if unknown else value
        return [made(part, kind, (*at, str(index))) for index, (part, kind) in enumerate(zip(given, parts))]
    if name == "dynamic":
        kind, value = ('"string"', UNKNOWN) if unknown else value
        return [kind, made(value, json.loads(kind), at)]
    if name == "map":
        return {} if unknown else {key: made(part, parts, (*at, key)) for key, part in value.items()}
    if parts is not None:
        return [] if unknown else [made(part, parts, (*at, str(index))) for index, part in enumerate(value)]
    return {"string": " ".join(["made", *at]), "number": 7, "bool": True}[name] if unknown else value


def object_type(block):
    """The type of a body, as JSON has it."""
    types = {}
    for name, attribute in block.get("attributes", {}).items():
        nested = attribute.get("nested_type")
        types[name] = several(nested["nesting_mode"], nested) if nested else attribute["type"]
    for name, nested in block.get("block_types", {}).items():
        types[name] = several(nested["nesting_mode"], nested["block"])
    return ["object", types]


def several(nesting, body):
    """The type of all bodies of one kind."""
    if nesting in ("single", "group"):
        return object_type(body)
    if is_open(body):
        return "dynamic"
    return [nesting, object_type(body)]


def is_open(body):
    """Whether bodies may differ in their types, so that several are a tuple or an object, sent with its type."""
    parts = [one.get("block") for one in body.get("block_types", {}).values()]
    parts += [one["nested_type"] for one in body.get("attributes", {}).values() if "nested_type" in one]
    types = [one.get("type") for one in body.get("attributes", {}).values()]
    return "dynamic" in json.dumps(types) or any(map(is_open, parts))


def text(encoded):
    return encoded.decode()
