//! What may be written about the world outside: in provisioners, in the connections that they use, and in backends. What
//! the tools make of it is theirs; these are the arguments that people give, with a word about each.

use super::{BOOL, Entry, Takes, attribute, block};

const fn text(name: &'static str, snippet: &'static str, doc: &'static str) -> Entry {
    attribute(name, Takes::Expression, snippet, doc)
}

const fn flag(name: &'static str, snippet: &'static str, doc: &'static str) -> Entry {
    attribute(name, BOOL, snippet, doc)
}

pub(super) const LOCAL_EXEC: &[Entry] = &[
    text("command", "command = \"${1}\"", "What is run. The interpreter gets it as its last argument."),
    text(
        "working_dir",
        "working_dir = \"${1}\"",
        "The directory that it runs in. Without it, where the tool runs.",
    ),
    text(
        "interpreter",
        "interpreter = [\"${1:/bin/bash}\", \"${2:-c}\"]",
        "The program that runs the command, and its first arguments. Without it, the system's shell.",
    ),
    text(
        "environment",
        "environment = {\n  $0\n}",
        "Variables for the command's environment. Their values are shown nowhere.",
    ),
    flag("quiet", "quiet = ${1|true,false|}", "Whether the command itself is left out of the output."),
];

pub(super) const REMOTE_EXEC: &[Entry] = &[
    text("inline", "inline = [\"${1}\"]", "Commands, which are written into one script and run there."),
    text(
        "script",
        "script = \"${1}\"",
        "A script on this machine, which is copied there and run. It takes no arguments.",
    ),
    text("scripts", "scripts = [\"${1}\"]", "Several such scripts, one after the other."),
];

pub(super) const FILE: &[Entry] = &[
    text(
        "source",
        "source = \"${1}\"",
        "A file or a directory on this machine. Of a directory that ends in `/`, what is in it is copied.",
    ),
    text("content", "content = \"${1}\"", "What the file is to hold, in place of a source."),
    text("destination", "destination = \"${1}\"", "Where it goes on the other machine."),
];

pub(super) const CONNECTION: &[Entry] = &[
    attribute(
        "type",
        Takes::Expression,
        "type = \"${1|ssh,winrm|}\"",
        "How the machine is reached: `ssh`, which is the default, or `winrm`.",
    ),
    text("host", "host = ${1:self.public_ip}", "The machine's address."),
    text(
        "user",
        "user = \"${1:root}\"",
        "Who logs in. Without it, `root` by SSH and `Administrator` by WinRM.",
    ),
    text("password", "password = ${1}", "The password, where no key is used."),
    text("port", "port = ${1:22}", "The port. Without it, 22 by SSH; by WinRM 5985, or 5986 with HTTPS."),
    text("timeout", "timeout = \"${1:5m}\"", "How long is waited for the machine to answer."),
    text("script_path", "script_path = \"${1}\"", "Where scripts are copied to before they run."),
    text(
        "private_key",
        "private_key = file(\"${1}\")",
        "By SSH: the key, as text. It goes before the password.",
    ),
    text("certificate", "certificate = file(\"${1}\")", "By SSH: a certificate for the key, as text."),
    flag("agent", "agent = ${1|false,true|}", "By SSH: whether the keys of a running agent are used."),
    text("agent_identity", "agent_identity = \"${1}\"", "By SSH: which of the agent's keys is tried first."),
    text(
        "host_key",
        "host_key = \"${1}\"",
        "By SSH: the key that the machine must have, or that of its certificate authority.",
    ),
    text(
        "target_platform",
        "target_platform = \"${1|unix,windows|}\"",
        "By SSH: what kind of system is there.",
    ),
    text(
        "bastion_host",
        "bastion_host = \"${1}\"",
        "By SSH: a machine on the way, through which the other one is reached.",
    ),
    text(
        "bastion_port",
        "bastion_port = ${1:22}",
        "The port of the machine on the way. Without it, that of the other one.",
    ),
    text("bastion_user", "bastion_user = \"${1}\"", "Who logs in on the machine on the way."),
    text("bastion_password", "bastion_password = ${1}", "The password there."),
    text("bastion_private_key", "bastion_private_key = file(\"${1}\")", "The key there, as text."),
    text(
        "bastion_certificate",
        "bastion_certificate = file(\"${1}\")",
        "A certificate for that key, as text.",
    ),
    text("bastion_host_key", "bastion_host_key = \"${1}\"", "The key that the machine on the way must have."),
    text(
        "proxy_scheme",
        "proxy_scheme = \"${1|http,https,socks5|}\"",
        "By SSH: which kind of proxy is used.",
    ),
    text("proxy_host", "proxy_host = \"${1}\"", "By SSH: the proxy's address."),
    text("proxy_port", "proxy_port = ${1}", "The proxy's port."),
    text("proxy_user_name", "proxy_user_name = \"${1}\"", "Who the proxy is told to be asked by."),
    text("proxy_user_password", "proxy_user_password = ${1}", "The password for the proxy."),
    flag("https", "https = ${1|true,false|}", "By WinRM: whether it is encrypted."),
    flag(
        "insecure",
        "insecure = ${1|true,false|}",
        "By WinRM with HTTPS: whether any certificate is believed.",
    ),
    flag("use_ntlm", "use_ntlm = ${1|true,false|}", "By WinRM: whether one logs in with NTLM."),
    text(
        "cacert",
        "cacert = file(\"${1}\")",
        "By WinRM with HTTPS: the authority that is believed, as text.",
    ),
];

/// The arguments of a backend that are given most; `None` for one that is not known.
pub(super) fn backend(kind: &str) -> Option<&'static [Entry]> {
    Some(match kind {
        "local" => LOCAL,
        "remote" => REMOTE,
        "azurerm" => AZURERM,
        "consul" => CONSUL,
        "cos" => COS,
        "gcs" => GCS,
        "http" => HTTP,
        "kubernetes" => KUBERNETES,
        "oss" => OSS,
        "pg" => PG,
        "s3" => S3,
        _ => return None,
    })
}

const LOCAL: &[Entry] = &[
    text("path", "path = \"${1:terraform.tfstate}\"", "The file of the state."),
    text("workspace_dir", "workspace_dir = \"${1}\"", "The directory for the states of other workspaces."),
];

const REMOTE: &[Entry] = &[
    text("hostname", "hostname = \"${1:app.terraform.io}\"", "The server."),
    text("organization", "organization = \"${1}\"", "The organization that the workspaces belong to."),
    text("token", "token = ${1}", "What one logs in with. Better kept in the tool's own configuration."),
    WORKSPACES,
];

const WORKSPACES: Entry = block(
    "workspaces",
    &[],
    "workspaces {\n  name = \"${1}\"\n}",
    "Which workspaces there belong to this configuration.",
)
.once();

pub(super) const REMOTE_WORKSPACES: &[Entry] = &[
    text("name", "name = \"${1}\"", "The one workspace. Not beside a prefix."),
    text("prefix", "prefix = \"${1}\"", "What the names of the workspaces begin with there, and not here."),
];

pub(super) const CLOUD: &[Entry] = &[
    text("organization", "organization = \"${1}\"", "The organization that the workspaces belong to."),
    text("hostname", "hostname = \"${1:app.terraform.io}\"", "The server."),
    text("token", "token = ${1}", "What one logs in with. Better kept in the tool's own configuration."),
    WORKSPACES,
];

pub(super) const CLOUD_WORKSPACES: &[Entry] = &[
    text("name", "name = \"${1}\"", "The one workspace. Not beside tags."),
    text("tags", "tags = [\"${1}\"]", "Tags that all of the workspaces have."),
    text("project", "project = \"${1}\"", "The project that they are in."),
];

const AZURERM: &[Entry] = &[
    text(
        "resource_group_name",
        "resource_group_name = \"${1}\"",
        "The resource group of the storage account.",
    ),
    text("storage_account_name", "storage_account_name = \"${1}\"", "The storage account."),
    text("container_name", "container_name = \"${1}\"", "The container in it."),
    text("key", "key = \"${1:terraform.tfstate}\"", "The blob's name."),
    text("subscription_id", "subscription_id = \"${1}\"", "The subscription of the storage account."),
    text("tenant_id", "tenant_id = \"${1}\"", "The tenant to log in to."),
    text("environment", "environment = \"${1:public}\"", "Which of Azure's clouds it is in."),
    flag(
        "use_azuread_auth",
        "use_azuread_auth = ${1|true,false|}",
        "Whether the blob is read as the user, and not with the account's key.",
    ),
    flag("use_oidc", "use_oidc = ${1|true,false|}", "Whether one logs in with a token of OpenID Connect."),
    flag("snapshot", "snapshot = ${1|true,false|}", "Whether a snapshot is taken before the blob changes."),
];

const CONSUL: &[Entry] = &[
    text("path", "path = \"${1}\"", "The state's place among the keys."),
    text("address", "address = \"${1:localhost:8500}\"", "Where Consul listens."),
    text("scheme", "scheme = \"${1|http,https|}\"", "How it is spoken to."),
    text("datacenter", "datacenter = \"${1}\"", "The datacenter."),
    text("access_token", "access_token = ${1}", "The token."),
    flag("gzip", "gzip = ${1|true,false|}", "Whether the state is compressed."),
    flag("lock", "lock = ${1|false,true|}", "Whether the state is locked while it is used."),
];

const COS: &[Entry] = &[
    text("region", "region = \"${1}\"", "The region."),
    text("bucket", "bucket = \"${1}\"", "The bucket."),
    text("prefix", "prefix = \"${1}\"", "What the names of states begin with."),
    text("key", "key = \"${1:terraform.tfstate}\"", "The name of the state."),
    flag("encrypt", "encrypt = ${1|true,false|}", "Whether it is encrypted there."),
];

const GCS: &[Entry] = &[
    text("bucket", "bucket = \"${1}\"", "The bucket. Its name is nobody else's in the world."),
    text("prefix", "prefix = \"${1}\"", "What the names of states begin with; each workspace has one."),
    text("credentials", "credentials = \"${1}\"", "The key of a service account, or a file with it."),
    text(
        "impersonate_service_account",
        "impersonate_service_account = \"${1}\"",
        "A service account to act as.",
    ),
    text("encryption_key", "encryption_key = ${1}", "A key of one's own to encrypt with."),
    text(
        "kms_encryption_key",
        "kms_encryption_key = \"${1}\"",
        "A key of the key management service to encrypt with.",
    ),
];

const HTTP: &[Entry] = &[
    text("address", "address = \"${1:https://}\"", "What is asked for the state, and sent it."),
    text("update_method", "update_method = \"${1:POST}\"", "The method of sending."),
    text(
        "lock_address",
        "lock_address = \"${1:https://}\"",
        "What is asked for a lock. Without it, nothing is locked.",
    ),
    text("lock_method", "lock_method = \"${1:LOCK}\"", "The method of locking."),
    text("unlock_address", "unlock_address = \"${1:https://}\"", "What is asked to give the lock back."),
    text("unlock_method", "unlock_method = \"${1:UNLOCK}\"", "The method of that."),
    text("username", "username = \"${1}\"", "Who asks."),
    text("password", "password = ${1}", "The password."),
    flag(
        "skip_cert_verification",
        "skip_cert_verification = ${1|true,false|}",
        "Whether any certificate is believed.",
    ),
    text("retry_max", "retry_max = ${1:2}", "How often a request is repeated."),
];

const KUBERNETES: &[Entry] = &[
    text("secret_suffix", "secret_suffix = \"${1}\"", "What the secret's name ends with."),
    text("namespace", "namespace = \"${1}\"", "The namespace of the secret."),
    text("labels", "labels = {\n  $0\n}", "More labels for the secret."),
    text(
        "config_path",
        "config_path = \"${1:~/.kube/config}\"",
        "The file that says how the cluster is reached.",
    ),
    text("config_context", "config_context = \"${1}\"", "Which context of it."),
    flag(
        "in_cluster_config",
        "in_cluster_config = ${1|true,false|}",
        "Whether the tool runs in the cluster itself.",
    ),
];

const OSS: &[Entry] = &[
    text("region", "region = \"${1}\"", "The region."),
    text("bucket", "bucket = \"${1}\"", "The bucket."),
    text("prefix", "prefix = \"${1}\"", "What the names of states begin with."),
    text("key", "key = \"${1:terraform.tfstate}\"", "The name of the state."),
    text("tablestore_endpoint", "tablestore_endpoint = \"${1}\"", "Where the table with locks is."),
    text("tablestore_table", "tablestore_table = \"${1}\"", "The table with locks."),
    flag("encrypt", "encrypt = ${1|true,false|}", "Whether it is encrypted there."),
];

const PG: &[Entry] = &[
    text("conn_str", "conn_str = \"${1:postgres://}\"", "How the database is reached."),
    text("schema_name", "schema_name = \"${1:terraform_remote_state}\"", "The schema with the states."),
    flag(
        "skip_schema_creation",
        "skip_schema_creation = ${1|true,false|}",
        "Whether the schema is there already.",
    ),
];

const S3: &[Entry] = &[
    text("bucket", "bucket = \"${1}\"", "The bucket."),
    text("key", "key = \"${1:terraform.tfstate}\"", "The name of the state in it."),
    text("region", "region = \"${1}\"", "The region of the bucket."),
    flag("encrypt", "encrypt = ${1|true,false|}", "Whether the state is encrypted there."),
    text("kms_key_id", "kms_key_id = \"${1}\"", "The key to encrypt with."),
    flag(
        "use_lockfile",
        "use_lockfile = ${1|true,false|}",
        "Whether the state is locked by a file beside it.",
    ),
    text(
        "dynamodb_table",
        "dynamodb_table = \"${1}\"",
        "A table whose `LockID` keeps the lock. A lock file needs none.",
    ),
    text("profile", "profile = \"${1}\"", "The profile of the shared configuration that is used."),
    text("assume_role", "assume_role = {\n  role_arn = \"${1}\"\n}", "A role to act in."),
    text(
        "workspace_key_prefix",
        "workspace_key_prefix = \"${1:env:}\"",
        "What the names of other workspaces' states begin with.",
    ),
    text("endpoints", "endpoints = {\n  s3 = \"${1}\"\n}", "Other addresses of the services."),
];
