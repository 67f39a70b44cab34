//! Who is let in, and where.

use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::ssh_key::certificate::{Builder, CertType};
use russh::keys::{Certificate, PublicKey};

use super::super::keys::public_key;
use super::*;

/// Texts of keys as `ssh-keygen` writes them; they open nothing.
const RSA: &str = include_str!("keys/rsa.pem");
const EC: &str = include_str!("keys/ec.pem");
const PKCS8: &str = include_str!("keys/pkcs8.pem");
const OPENSSH: &str = include_str!("keys/openssh");
const OPENSSH_ENCRYPTED: &str = include_str!("keys/openssh_encrypted");
const EC_ENCRYPTED: &str = include_str!("keys/ec_encrypted.pem");

fn with_key(server: &Server, key: &str) -> Ssh {
    let target = Login { private_key: key.to_owned(), password: String::new(), ..login(server) };
    Ssh { target, ..connection(server) }
}

/// A certificate of `authority` for a key.
fn certificate(key: &PrivateKey, authority: &PrivateKey, kind: CertType, principal: &str) -> Certificate {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let public = key.public_key().key_data().clone();
    let mut builder = Builder::new([1; 16], public, now - 60, now + 600).unwrap();
    builder.cert_type(kind).unwrap().key_id("test").unwrap().valid_principal(principal).unwrap();
    builder.sign(authority).unwrap()
}

fn one_line(key: &PublicKey) -> String {
    key.to_openssh().unwrap()
}

fn refused(server: &Server, tried: &str) -> String {
    format!(
        "SSH authentication failed (user@127.0.0.1:{}): ssh: handshake failed: ssh: unable to \
         authenticate, attempted methods [{tried}], no supported methods remain",
        server.port
    )
}

#[test]
fn keys_of_every_form_open_the_door() {
    for key in [RSA, EC, PKCS8, OPENSSH] {
        let server = Server::start(Doors { keys: vec![public_key(key).unwrap()], ..doors() });
        assert_eq!(try_out(&with_key(&server, key)), Ok(()), "{key}");
    }
    let server = Server::start(doors());
    assert_eq!(refusal(&with_key(&server, OPENSSH)), refused(&server, "none publickey"));
}

#[test]
fn what_is_no_key_says_so_before_anybody_is_called() {
    let server = Server::start(doors());
    let failure = |key: &str| refusal(&with_key(&server, key));
    assert_eq!(failure("secret"), "Failed to read ssh private key: no key found");
    assert_eq!(
        failure(EC_ENCRYPTED),
        "Failed to read ssh private key: password protected keys are\nnot supported. Please decrypt the key prior to use."
    );
    assert_eq!(
        failure(OPENSSH_ENCRYPTED),
        "Failed to parse ssh private key: ssh: this private key is passphrase protected"
    );
    let other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(failure(other), "Failed to parse ssh private key: ssh: unsupported key type \"CERTIFICATE\"");
    for kind in ["RSA", "EC", "OPENSSH"] {
        let broken = format!("-----BEGIN {kind} PRIVATE KEY-----\nAAAA\n-----END {kind} PRIVATE KEY-----\n");
        assert!(failure(&broken).starts_with("Failed to parse ssh private key: "), "{broken}");
    }
}

#[test]
fn passwords_are_given_and_told_when_asked_for() {
    let server = Server::start(doors());
    assert_eq!(try_out(&connection(&server)), Ok(()));
    let asking = Server::start(Doors { methods: &[MethodKind::KeyboardInteractive], ..doors() });
    assert_eq!(try_out(&connection(&asking)), Ok(()));
    let wrong = |server: &Server| {
        let target = Login { password: "wrong".to_owned(), ..login(server) };
        refusal(&Ssh { target, ..connection(server) })
    };
    assert_eq!(wrong(&server), refused(&server, "none password"));
    assert_eq!(wrong(&asking), refused(&asking, "none keyboard-interactive"));
    let none = Login { password: String::new(), ..login(&server) };
    let none = Ssh { target: none, ..connection(&server) };
    assert_eq!(refusal(&none), refused(&server, "none"));
}

#[test]
fn a_key_that_is_refused_leaves_the_password() {
    let server = Server::start(doors());
    let target = Login { private_key: OPENSSH.to_owned(), ..login(&server) };
    assert_eq!(try_out(&Ssh { target, ..connection(&server) }), Ok(()));
}

#[test]
fn certificates_vouch_for_a_key() {
    let (authority, own) = (key(), key());
    let server = Server::start(Doors { keys: vec![authority.public_key().clone()], ..doors() });
    let signed = certificate(&own, &authority, CertType::User, "user").to_openssh().unwrap();
    let with = |key: &PrivateKey, certificate: &str| {
        let mut connection = with_key(&server, &text_of(key));
        connection.target.certificate = certificate.to_owned();
        try_out(&connection)
    };
    assert_eq!(with(&own, &signed), Ok(()));
    assert_eq!(
        with(&key(), &signed).unwrap_err(),
        "failed to create cert signer: ssh: signer and cert have different public key"
    );
    assert_eq!(with(&own, "nothing").unwrap_err(), "failed to parse certificate: ssh: no key found");
    assert_eq!(
        with(&own, &one_line(own.public_key())).unwrap_err(),
        "failed to parse certificate: this is a public key that no authority has signed"
    );
}

#[test]
fn certificates_of_rsa_keys_are_signed_for_as_the_machine_can_check_it() {
    let authority = key();
    let server = Server::start(Doors { keys: vec![authority.public_key().clone()], ..doors() });
    let own = russh::keys::decode_secret_key(RSA, None).unwrap();
    let signed = certificate(&own, &authority, CertType::User, "user").to_openssh().unwrap();
    let mut connection = with_key(&server, RSA);
    connection.target.certificate = signed;
    assert_eq!(try_out(&connection), Ok(()));
}

#[test]
fn the_machine_must_be_the_one_that_is_meant() {
    let (authority, own) = (key(), key());
    let signed = certificate(&own, &authority, CertType::Host, "127.0.0.1");
    let plain = Server::start(Doors { host_keys: vec![own.clone()], ..doors() });
    let vouched = Doors { host_keys: vec![own.clone()], certificates: vec![signed], ..doors() };
    let vouched = Server::start(vouched);
    let elsewhere = certificate(&own, &authority, CertType::Host, "example.org");
    let elsewhere =
        Server::start(Doors { host_keys: vec![own.clone()], certificates: vec![elsewhere], ..doors() });
    let stranger =
        |connection: &Ssh| refusal(connection).rsplit_once("handshake failed: ").unwrap().1.to_owned();
    let expecting = |server: &Server, key: &PrivateKey| {
        let target = Login { host_key: one_line(key.public_key()), ..login(server) };
        Ssh { target, ..connection(server) }
    };
    assert_eq!(try_out(&expecting(&plain, &own)), Ok(()));
    assert_eq!(stranger(&expecting(&plain, &key())), "knownhosts: key mismatch");
    assert_eq!(try_out(&expecting(&vouched, &authority)), Ok(()));
    let unknown = format!("ssh: no authorities for hostname: 127.0.0.1:{}", vouched.port);
    assert_eq!(stranger(&expecting(&vouched, &own)), unknown);
    assert_eq!(
        stranger(&expecting(&elsewhere, &authority)),
        "ssh: principal \"127.0.0.1\" not in the set of valid principals for given certificate: [\"example.org\"]"
    );
    let target = Login { host_key: "nothing".to_owned(), ..login(&plain) };
    let unread = try_out(&Ssh { target, ..connection(&plain) });
    assert_eq!(unread.unwrap_err(), "knownhosts: missing key type pattern");
}

#[test]
fn a_machine_that_is_busy_is_called_again() {
    let server = Server::start(Doors { busy: 1, ..doors() });
    assert_eq!(try_out(&connection(&server)), Ok(()));
    let mut nowhere = connection(&server);
    nowhere.target.port = 1;
    assert_eq!(refusal(&nowhere), "dial tcp 127.0.0.1:1: connect: connection refused");
    let no_time = Ssh { timeout: Duration::ZERO, ..nowhere };
    assert_eq!(try_out(&no_time).unwrap_err(), "timeout - last error: <nil>");
}

#[test]
fn a_bastion_leads_to_the_machine_behind_it() {
    let (bastion, server) = (Server::start(doors()), Server::start(doors()));
    let through = Ssh { bastion: Some(login(&bastion)), ..connection(&server) };
    assert_eq!(try_out(&through), Ok(()));
    assert_eq!(bastion.seen.lock().unwrap().tunnels, ["127.0.0.1"]);
    assert!(bastion.commands().is_empty() && !server.commands().is_empty());
    let mut closed = through.clone();
    closed.target.port = 1;
    let why = refusal(&closed);
    assert!(why.starts_with("ssh: rejected: connect failed ("), "{why}");
    let mut stranger = through.clone();
    stranger.bastion.as_mut().unwrap().host_key = one_line(key().public_key());
    assert_eq!(
        refusal(&stranger),
        "Error connecting to bastion: ssh: handshake failed: knownhosts: key mismatch"
    );
}
