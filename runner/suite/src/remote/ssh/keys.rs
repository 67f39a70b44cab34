//! Keys and certificates as configurations give them: texts, read once before anybody connects.
//!
//! A text that cannot be read is never quoted: it may be a key.

use std::sync::Arc;

use engine::Login;
use russh::keys::{Certificate, PrivateKey, PublicKey, decode_secret_key, ssh_key};

/// What a login proves itself with beside passwords, and the key that it expects of the machine.
pub(super) struct Credentials<'a> {
    pub(super) login: &'a Login,
    pub(super) identity: Option<Identity>,
    pub(super) host_key: Option<PublicKey>,
}

pub(super) struct Identity {
    pub(super) key: Arc<PrivateKey>,
    pub(super) certificate: Option<Certificate>,
}

impl<'a> Credentials<'a> {
    pub(super) fn read(login: &'a Login) -> Result<Credentials<'a>, String> {
        let host_key = match login.host_key.as_str() {
            "" => None,
            text => Some(host_key(text)?),
        };
        let identity = match (login.private_key.as_str(), login.certificate.as_str()) {
            ("", _) => None,
            (key, "") => Some(Identity { key: Arc::new(private_key(key)?), certificate: None }),
            (key, certificate) => Some(certified(key, certificate)?),
        };
        Ok(Credentials { login, identity, host_key })
    }
}

/// As it would stand in a file of known hosts, behind the host.
fn host_key(text: &str) -> Result<PublicKey, String> {
    let line = text.trim().lines().next().unwrap_or_default();
    if line.split_whitespace().nth(1).is_none() {
        return Err("knownhosts: missing key type pattern".to_owned());
    }
    PublicKey::from_openssh(line).map_err(|error| format!("knownhosts: {error}"))
}

fn private_key(text: &str) -> Result<PrivateKey, String> {
    let Some(block) = Pem::find(text) else {
        return Err("Failed to read ssh private key: no key found".to_owned());
    };
    if block.is_encrypted() {
        return Err(
            "Failed to read ssh private key: password protected keys are\nnot supported. Please decrypt the \
                    key prior to use."
                .to_owned(),
        );
    }
    block.key().map_err(|why| format!("Failed to parse ssh private key: {why}"))
}

fn certified(key: &str, certificate: &str) -> Result<Identity, String> {
    let found = match Pem::find(key) {
        None => Err("ssh: no key found".to_owned()),
        Some(block) => block.key(),
    };
    let key = found.map_err(|why| format!("failed to parse private key: {why}"))?;
    let certificate = authorized(certificate).map_err(|why| format!("failed to parse certificate: {why}"))?;
    if certificate.public_key() != key.public_key().key_data() {
        return Err("failed to create cert signer: ssh: signer and cert have different public key".to_owned());
    }
    Ok(Identity { key: Arc::new(key), certificate: Some(certificate) })
}

/// The first line that is neither empty nor a comment.
fn authorized(text: &str) -> Result<Certificate, String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let line = line.ok_or("ssh: no key found")?;
    Certificate::from_openssh(line).map_err(|_| match PublicKey::from_openssh(line) {
        Ok(_) => "this is a public key that no authority has signed".to_owned(),
        Err(_) => "ssh: no key found".to_owned(),
    })
}

/// The public key of a text that is a private key, or a public one as a file of authorized keys has it.
pub(super) fn public_key(text: &str) -> Option<PublicKey> {
    let private = Pem::find(text).and_then(|block| block.key().ok()).map(|key| key.public_key().clone());
    private.or_else(|| PublicKey::from_openssh(text.trim()).ok())
}

/// The first block between `-----BEGIN …-----` and its end.
struct Pem<'t> {
    kind: &'t str,
    /// With both lines.
    text: &'t str,
}

impl<'t> Pem<'t> {
    fn find(text: &'t str) -> Option<Pem<'t>> {
        const BEGIN: &str = "-----BEGIN ";
        let starts = text.match_indices(BEGIN).map(|(at, _)| at);
        let at_line_start = |at: &usize| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
        starts.filter(at_line_start).find_map(|at| {
            let rest = text.get(at..)?;
            let (kind, _) = rest.get(BEGIN.len()..)?.split_once("-----")?;
            let end = format!("-----END {kind}-----");
            let length = rest.find(&format!("\n{end}"))? + 1 + end.len();
            Some(Pem { kind, text: rest.get(..length)? })
        })
    }

    /// As PEM says it; keys in the form of OpenSSH say it inside.
    fn is_encrypted(&self) -> bool {
        self.text.lines().any(|line| line.trim_end() == "Proc-Type: 4,ENCRYPTED")
    }

    fn key(&self) -> Result<PrivateKey, String> {
        const PROTECTED: &str = "ssh: this private key is passphrase protected";
        if self.is_encrypted() {
            return Err(PROTECTED.to_owned());
        }
        if !matches!(self.kind, "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY" | "OPENSSH PRIVATE KEY")
        {
            return Err(format!("ssh: unsupported key type \"{}\"", self.kind));
        }
        if self.kind == "OPENSSH PRIVATE KEY" {
            return match PrivateKey::from_openssh(self.text) {
                Ok(key) if key.is_encrypted() => Err(PROTECTED.to_owned()),
                Ok(key) => Ok(key),
                Err(ssh_key::Error::Encoding(_) | ssh_key::Error::FormatEncoding) => {
                    Err("ssh: invalid openssh private key format".to_owned())
                }
                Err(error) => Err(format!("ssh: {error}")),
            };
        }
        decode_secret_key(self.text, None).map_err(|error| error.to_string())
    }
}
