//! A client that costs next to nothing: the load generator shares the machine with what it measures.

use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Bytes over the wire, head and body.
    pub wire: usize,
    /// The body as it came (compressed, if that was asked for).
    pub body: Vec<u8>,
}

/// One connection, kept alive.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    held: Vec<u8>,
}

/// A GET, ready to send.
pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n").into_bytes()
}

/// A POST of JSON, ready to send.
pub fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Connection {
    /// Connects.
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            held: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and reads its answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        let mut from = 0;
        let head = loop {
            let found = self.held[from..].windows(4).position(|w| w == b"\r\n\r\n");
            if let Some(at) = found {
                break from + at + 4;
            }
            from = self.held.len().saturating_sub(3);
            self.read().await?;
        };
        let text = std::str::from_utf8(&self.held[..head]).map_err(|_| broken("the head is not text"))?;
        let status = text
            .get(9..12)
            .and_then(|s| s.parse().ok())
            .ok_or_else(|| broken("there is no status"))?;
        let mut length = None;
        let mut chunked = false;
        for line in text.lines().skip(1) {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse::<usize>().ok();
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                chunked = value.trim().eq_ignore_ascii_case("chunked");
            }
        }
        let (body, end) = if chunked {
            self.chunks(head).await?
        } else {
            let end = head + length.unwrap_or(0);
            while self.held.len() < end {
                self.read().await?;
            }
            (self.held[head..end].to_vec(), end)
        };
        self.held.drain(..end);
        Ok(Answer {
            status,
            wire: end,
            body,
        })
    }

    async fn chunks(&mut self, head: usize) -> io::Result<(Vec<u8>, usize)> {
        let mut at = head;
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(n) = self.held[at..].windows(2).position(|w| w == b"\r\n") {
                    break n;
                }
                self.read().await?;
            };
            let size = std::str::from_utf8(&self.held[at..at + line])
                .ok()
                .and_then(|s| usize::from_str_radix(s.trim(), 16).ok())
                .ok_or_else(|| broken("a chunk has no size"))?;
            let end = at + line + 2 + size + 2;
            while self.held.len() < end {
                self.read().await?;
            }
            body.extend_from_slice(&self.held[at + line + 2..end - 2]);
            at = end;
            if size == 0 {
                return Ok((body, at));
            }
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.held).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
