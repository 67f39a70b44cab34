//! How Amazon's identifiers look.

/// The shortest policy that is one.
pub(super) const POLICY: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";

const HERE: &str = "us-east-1:123456789012";

/// ARNs that are not `arn:aws:<service>:<region>:<account>:<type>/<name>`: the type without `aws_`, the service, and what
/// follows it.
const ARNS: &[(&str, &str)] = &[
    ("s3_bucket", "s3:::example"),
    ("iam_role", "iam::123456789012:role/example"),
    ("iam_policy", "iam::123456789012:policy/example"),
    ("iam_user", "iam::123456789012:user/example"),
    ("iam_group", "iam::123456789012:group/example"),
    ("iam_instance_profile", "iam::123456789012:instance-profile/example"),
    ("iam_openid_connect_provider", "iam::123456789012:oidc-provider/example.com"),
    ("caller_identity", "iam::123456789012:user/example"),
    ("lambda_function", "lambda:us-east-1:123456789012:function:example"),
    ("sns_topic", "sns:us-east-1:123456789012:example"),
    ("sqs_queue", "sqs:us-east-1:123456789012:example"),
    ("kms_key", "kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"),
    ("kms_alias", "kms:us-east-1:123456789012:alias/example"),
    ("cloudwatch_log_group", "logs:us-east-1:123456789012:log-group:example"),
    ("cloudwatch_metric_alarm", "cloudwatch:us-east-1:123456789012:alarm:example"),
    ("cloudwatch_event_rule", "events:us-east-1:123456789012:rule/example"),
    ("secretsmanager_secret", "secretsmanager:us-east-1:123456789012:secret:example-AbCdEf"),
    ("ssm_parameter", "ssm:us-east-1:123456789012:parameter/example"),
    ("db_instance", "rds:us-east-1:123456789012:db:example"),
    ("rds_cluster", "rds:us-east-1:123456789012:cluster:example"),
    ("db_subnet_group", "rds:us-east-1:123456789012:subgrp:example"),
    ("acm_certificate", "acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"),
    ("route53_zone", "route53:::hostedzone/Z0123456789EXAMPLE"),
    ("lb", "elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/example/0123456789abcdef"),
    ("alb", "elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/example/0123456789abcdef"),
    (
        "lb_listener",
        "elasticloadbalancing:us-east-1:123456789012:listener/app/example/0123456789abcdef/0123456789abcdef",
    ),
    ("lb_target_group", "elasticloadbalancing:us-east-1:123456789012:targetgroup/example/0123456789abcdef"),
    ("sfn_state_machine", "states:us-east-1:123456789012:stateMachine:example"),
    ("vpc", "ec2:us-east-1:123456789012:vpc/vpc-0123456789abcdef0"),
    ("subnet", "ec2:us-east-1:123456789012:subnet/subnet-0123456789abcdef0"),
    ("security_group", "ec2:us-east-1:123456789012:security-group/sg-0123456789abcdef0"),
    ("instance", "ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"),
    ("dynamodb_table", "dynamodb:us-east-1:123456789012:table/example"),
    (
        "wafv2_web_acl",
        "wafv2:us-east-1:123456789012:regional/webacl/example/00000000-0000-0000-0000-000000000000",
    ),
    ("cloudfront_distribution", "cloudfront::123456789012:distribution/E0123456789ABC"),
];

/// What names of attributes call types by.
const CALLED: &[(&str, &str)] = &[
    ("role", "iam_role"),
    ("policy", "iam_policy"),
    ("bucket", "s3_bucket"),
    ("function", "lambda_function"),
    ("lambda", "lambda_function"),
    ("topic", "sns_topic"),
    ("queue", "sqs_queue"),
    ("key", "kms_key"),
    ("log_group", "cloudwatch_log_group"),
    ("secret", "secretsmanager_secret"),
    ("certificate", "acm_certificate"),
    ("load_balancer", "lb"),
    ("target_group", "lb_target_group"),
    ("instance_profile", "iam_instance_profile"),
    ("table", "dynamodb_table"),
];

/// Identifiers of network and computing objects: the type, and what they begin with.
const PREFIXES: &[(&str, &str)] = &[
    ("vpc", "vpc"),
    ("subnet", "subnet"),
    ("security_group", "sg"),
    ("instance", "i"),
    ("ami", "ami"),
    ("image", "ami"),
    ("internet_gateway", "igw"),
    ("nat_gateway", "nat"),
    ("route_table", "rtb"),
    ("network_interface", "eni"),
    ("network_acl", "acl"),
    ("ebs_volume", "vol"),
    ("volume", "vol"),
    ("ebs_snapshot", "snap"),
    ("snapshot", "snap"),
    ("eip", "eipalloc"),
    ("allocation", "eipalloc"),
    ("launch_template", "lt"),
    ("vpc_endpoint", "vpce"),
    ("vpc_peering_connection", "pcx"),
    ("vpn_gateway", "vgw"),
    ("transit_gateway", "tgw"),
    ("ec2_transit_gateway", "tgw"),
    ("ec2_transit_gateway_vpc_attachment", "tgw-attach"),
    ("efs_file_system", "fs"),
    ("file_system", "fs"),
];

/// The ARN of an object of type `kind`, or of what `of` names where the attribute is `of_arn`.
pub(super) fn arn(kind: &str, of: &str) -> String {
    let kind = kind.strip_prefix("aws_").unwrap_or_default();
    let known =
        |kind: &str| ARNS.iter().find(|(known, _)| *known == kind).map(|(_, rest)| (*rest).to_owned());
    let named = || {
        let called = CALLED.iter().filter(|(name, _)| of == *name || of.ends_with(&format!("_{name}")));
        let longest = called.max_by_key(|(name, _)| name.len());
        longest.and_then(|(_, kind)| known(kind))
    };
    let rest = if of.is_empty() { known(kind) } else { known(of).or_else(named) };
    let rest = rest.unwrap_or_else(|| match kind.split_once('_') {
        Some((service, kind)) if of.is_empty() => {
            format!("{service}:{HERE}:{}/example", kind.replace('_', "-"))
        }
        _ => format!("example:{HERE}:example"),
    });
    format!("arn:aws:{rest}")
}

/// The identifier that an attribute has: `id` of the type itself, `vpc_id` of another.
pub(super) fn identifier(kind: &str, attribute: &str) -> Option<String> {
    let of = match attribute {
        "id" => kind.strip_prefix("aws_")?,
        "ids" => kind.strip_prefix("aws_")?.trim_end_matches('s'),
        _ => attribute.strip_suffix("_ids").or_else(|| attribute.strip_suffix("_id"))?,
    };
    let of = PREFIXES.iter().filter(|(name, _)| of == *name || of.ends_with(&format!("_{name}")));
    let (_, prefix) = of.max_by_key(|(name, _)| name.len())?;
    Some(format!("{prefix}-0123456789abcdef0"))
}
