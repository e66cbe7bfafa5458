//! The encrypted lines, against a local server with a certificate of its own, which `openssl` makes for the test.

use super::gateway::{self, Call};
use super::send::Outcome;
use super::smtp::{self, Mail};
use super::ways::{Sms, Smtp, SmtpSecurity};
use chrono::DateTime;
use domain::MessageId;
use lettre::transport::smtp::client::Certificate;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::ring};

/// A certificate for this name, signed by itself, with its key: both as PEM.
fn certificate_for(name: &str) -> Vec<u8> {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-keyout", "/dev/stdout", "-out", "/dev/stdout", "-subj"])
        .arg(format!("/CN={name}"))
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext"])
        .arg(format!("subjectAltName=DNS:{name}"))
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

fn acceptor(pem: &[u8]) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(pem).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(pem).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has what TLS 1.2 and 1.3 need")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    TlsAcceptor::from(Arc::new(config))
}

type Heard = Arc<Mutex<String>>;

/// Speaks SMTP until the letter is there; answers whether the client asked for encryption.
async fn speak_smtp(line: impl AsyncRead + AsyncWrite + Unpin, heard: &Heard, offers: bool) -> bool {
    let mut line = BufReader::new(line);
    let mut said = String::new();
    loop {
        said.clear();
        if line.read_line(&mut said).await.unwrap_or(0) == 0 {
            return false;
        }
        heard.lock().expect("no panic").push_str(&said);
        let answer = match said.get(..4).unwrap_or(&said) {
            "EHLO" if offers => "250-localhost\r\n250 STARTTLS\r\n",
            "EHLO" => "250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
            "STAR" => {
                line.get_mut()
                    .write_all(b"220 go on\r\n")
                    .await
                    .expect("it listens");
                return true;
            }
            "DATA" => "354 go on\r\n",
            ".\r\n" => "250 taken\r\n",
            "AUTH" => "235 welcome\r\n",
            "MAIL" | "RCPT" | "QUIT" => "250 fine\r\n",
            _ => continue,
        };
        line.get_mut()
            .write_all(answer.as_bytes())
            .await
            .expect("it listens");
    }
}

async fn mail_server(pem: &[u8], at_once: bool) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (port, acceptor) = (listener.local_addr().expect("bound").port(), acceptor(pem));
    let heard = Heard::default();
    let own = heard.clone();
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            if !at_once {
                line.write_all(b"220 localhost\r\n").await.expect("it listens");
                if !speak_smtp(&mut line, &own, true).await {
                    continue;
                }
            }
            // A client that does not like the certificate hangs up here.
            let Ok(mut line) = acceptor.accept(line).await else {
                continue;
            };
            own.lock().expect("no panic").push_str("[encrypted]");
            if at_once {
                line.write_all(b"220 localhost\r\n").await.expect("it listens");
            }
            speak_smtp(line, &own, false).await;
        }
    });
    (port, heard)
}

fn mail(port: u16, security: SmtpSecurity) -> Mail {
    let server = Smtp {
        host: "localhost".into(),
        port,
        security,
        username: "shop".into(),
        from: "shop@example.com".into(),
    };
    Mail {
        server,
        password: Some("very secret".into()),
        sender: "The shop".into(),
        id: MessageId::new(1),
        written_at: DateTime::UNIX_EPOCH,
        to: "esi@example.com".into(),
        subject: "Your receipt".into(),
        text: "Thank you.".into(),
        attachment: None,
    }
}

#[tokio::test]
async fn an_email_goes_over_an_encrypted_line_and_to_nobody_else() {
    let (right, wrong) = (certificate_for("localhost"), certificate_for("elsewhere.test"));
    for (security, at_once) in [(SmtpSecurity::Tls, true), (SmtpSecurity::StartTls, false)] {
        let (port, heard) = mail_server(&right, at_once).await;
        let trusted = Certificate::from_pem(&right).expect("a certificate");
        let outcome = smtp::send_trusting(mail(port, security), Some(trusted)).await;
        assert!(matches!(outcome, Outcome::Taken), "{security:?}: {outcome:?}");
        let words = heard.lock().expect("no panic").clone();
        let (open, hidden) = words.split_once("[encrypted]").expect("it was encrypted");
        assert!(
            hidden.contains("AUTH PLAIN") && hidden.contains("Thank you."),
            "{words}"
        );
        assert!(!open.contains("AUTH") && !open.contains("MAIL"), "{words}");

        // A certificate that nobody known signed, and one of another name: neither the password nor the letter goes out.
        let (port_of_wrong, heard_by_wrong) = mail_server(&wrong, at_once).await;
        let of_wrong = Certificate::from_pem(&wrong).expect("a certificate");
        for (port, heard, trusted) in [
            (port, &heard, None),
            (port_of_wrong, &heard_by_wrong, Some(of_wrong)),
        ] {
            heard.lock().expect("no panic").clear();
            let outcome = smtp::send_trusting(mail(port, security), trusted).await;
            let Outcome::NotNow(why) = outcome else {
                panic!("{outcome:?}")
            };
            assert!(why.starts_with("localhost is not who it says it is: "), "{why}");
            let words = heard.lock().expect("no panic").clone();
            assert!(
                !words.contains("AUTH") && !words.contains("Thank you."),
                "{words}"
            );
        }
    }
    // A server that offers no encryption where it is asked for gets nothing either.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let heard = Heard::default();
    let own = heard.clone();
    tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.expect("somebody calls");
        line.write_all(b"220 localhost\r\n").await.expect("it listens");
        speak_smtp(line, &own, false).await;
    });
    let outcome = smtp::send_trusting(mail(port, SmtpSecurity::StartTls), None).await;
    assert!(!matches!(outcome, Outcome::Taken), "{outcome:?}");
    assert!(!heard.lock().expect("no panic").contains("AUTH"));
}

async fn answer_http(acceptor: TlsAcceptor, line: TcpStream, heard: Heard) {
    let Ok(mut line) = acceptor.accept(line).await else {
        return;
    };
    let mut words = vec![0; 4096];
    let many = line.read(&mut words).await.unwrap_or(0);
    heard
        .lock()
        .expect("no panic")
        .push_str(&String::from_utf8_lossy(&words[..many]));
    line.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        .await
        .expect("it listens");
    line.shutdown().await.expect("it listens");
}

#[tokio::test]
async fn an_sms_goes_over_an_encrypted_line_and_to_nobody_else() {
    let (right, wrong) = (certificate_for("localhost"), certificate_for("elsewhere.test"));
    let roots = |pem: &[u8]| {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_slice(pem).expect("a certificate");
        roots.add(certificate).expect("it can be believed");
        roots
    };
    for (served, trusted, goes) in [
        (&right, &right, true),
        (&right, &wrong, false),
        (&wrong, &wrong, false),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let (heard, acceptor) = (Heard::default(), acceptor(served));
        let own = heard.clone();
        tokio::spawn(async move {
            let (line, _) = listener.accept().await.expect("somebody calls");
            answer_http(acceptor, line, own).await;
        });
        let sms = Sms {
            url: format!("https://localhost:{port}/send"),
            ..Sms::default()
        };
        let call = Call::new(&sms, "very secret", "+233244123456", "Come by").expect("a call");
        let outcome = gateway::send_trusting(call, roots(trusted)).await;
        let words = heard.lock().expect("no panic").clone();
        if goes {
            assert!(matches!(outcome, Outcome::Taken), "{outcome:?}");
            assert!(
                words.contains("Bearer very secret") && words.contains("Come by"),
                "{words}"
            );
            continue;
        }
        let Outcome::NotNow(why) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(why.starts_with("localhost is not who it says it is: "), "{why}");
        assert_eq!(words, "");
    }
}
