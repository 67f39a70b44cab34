//! Functions on network prefixes.

use super::args::{BOOL, NUMBER, STRING, STRING_LIST, arg, big_int, int, integer, text};
use super::prefix::{Address, Prefix};
use super::{Call, Function, FunctionError, Param, Returns, Since};
use crate::{Type, Value};

const PREFIX: Param = Param::new("prefix", STRING, "A network in CIDR notation, such as `10.0.0.0/16`.");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "cidrcontains",
        "Tells whether an address or a network lies within a network.",
        r#"cidrcontains("10.0.0.0/8", "10.1.2.3") # true"#,
        &[
            Param::new("containing_prefix", STRING, "The network that may contain the other."),
            Param::new("contained_ip_or_prefix", STRING, "An address, or a network in CIDR notation."),
        ],
        Returns::Type(BOOL),
        contains,
    )
    .since(Since::opentofu_only((1, 7))),
    Function::new(
        "cidrhost",
        "Returns the address of a host in a network.",
        r#"cidrhost("10.12.112.0/20", 16) # "10.12.112.16""#,
        &[
            PREFIX,
            Param::new("hostnum", NUMBER, "The number of the host; a negative one counts from the end."),
        ],
        Returns::Type(STRING),
        |args, _, _| {
            let prefix = Prefix::parse(text(args, 0)).map_err(FunctionError::Call)?;
            let address = prefix.host(&big_int(args, 1)?).map_err(FunctionError::Call)?;
            Ok(address.to_string().into())
        },
    ),
    Function::new(
        "cidrnetmask",
        "Returns the mask of an IPv4 network, such as `255.255.0.0`.",
        r#"cidrnetmask("172.16.0.0/12") # "255.240.0.0""#,
        &[PREFIX],
        Returns::Type(STRING),
        |args, _, _| {
            let prefix = Prefix::parse(text(args, 0)).map_err(FunctionError::Call)?;
            if !prefix.address.is_ipv4() {
                return Err(FunctionError::call(format!(
                    "IPv6 addresses cannot have a netmask: {}",
                    text(args, 0)
                )));
            }
            Ok(prefix.netmask().to_string().into())
        },
    ),
    Function::new(
        "cidrsubnet",
        "Returns one of the subnets of a network.",
        r#"cidrsubnet("10.0.0.0/16", 8, 2) # "10.0.2.0/24""#,
        &[
            PREFIX,
            Param::new("newbits", NUMBER, "By how many bits the subnet's prefix is longer."),
            Param::new("netnum", NUMBER, "The number of the subnet."),
        ],
        Returns::Type(STRING),
        |args, _, _| {
            let (new_bits, number) = (int(args, 1)?, big_int(args, 2)?);
            let prefix = Prefix::parse(text(args, 0)).map_err(FunctionError::Call)?;
            let subnet = prefix.subnet(new_bits, &number).map_err(FunctionError::Call)?;
            Ok(subnet.to_string().into())
        },
    ),
    Function::new(
        "cidrsubnets",
        "Returns consecutive subnets of a network, each with a size of its own.",
        r#"cidrsubnets("10.1.0.0/16", 4, 8) # ["10.1.0.0/20", "10.1.16.0/24"]"#,
        &[PREFIX],
        Returns::Type(STRING_LIST),
        subnets,
    )
    .variadic(Param::new("newbits", NUMBER, "By how many bits each subnet's prefix is longer.")),
];

fn subnets(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let prefix = Prefix::parse(text(args, 0)).map_err(|message| FunctionError::argument(0, message))?;
    let mut extensions = Vec::with_capacity(args.len());
    for index in 1..args.len() {
        let bits = integer(arg(args, index));
        extensions.push(bits.map_err(|message| FunctionError::argument(index, message))?);
    }
    let subnets = prefix
        .subnets(&extensions)
        .map_err(|(index, message)| FunctionError::argument(index + 1, message))?;
    Ok(Value::list(Type::String, subnets.iter().map(|subnet| subnet.to_string().into()).collect()))
}

fn contains(args: &[Value], _: &Type, _: &mut Call<'_>) -> Result<Value, FunctionError> {
    let outer = Prefix::parse(text(args, 0)).map_err(FunctionError::Call)?;
    let invalid = || FunctionError::call(format!("invalid IP address or prefix: {}", text(args, 1)));
    let (first, last) = if text(args, 1).contains('/') {
        let inner = Prefix::parse(text(args, 1)).map_err(|_| invalid())?;
        (inner.address, inner.last())
    } else {
        let address = Address::parse(text(args, 1)).ok_or_else(invalid)?;
        (address, address)
    };
    if first.width != outer.address.width {
        return Err(FunctionError::call(format!(
            "address family mismatch: {} vs. {}",
            text(args, 0),
            text(args, 1)
        )));
    }
    Ok((outer.contains(first) && outer.contains(last)).into())
}
