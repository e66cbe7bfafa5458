//! Many clients, each sending its next request when the last was answered.

use crate::Failure;
use crate::http::Connection;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a load came to.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Answers a second.
    pub rate: f64,
    /// Every latency in microseconds, sorted.
    pub micros: Vec<u32>,
    /// Answers by status, where it was not the wanted one.
    pub others: BTreeMap<u16, usize>,
}

impl Figures {
    /// The latency, in milliseconds, that this share of the answers did not exceed.
    pub fn percentile(&self, share: f64) -> f64 {
        if self.micros.is_empty() {
            return f64::NAN;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a count of answers is a count"
        )]
        let at = ((self.micros.len() as f64 * share).ceil() as usize).clamp(1, self.micros.len()) - 1;
        f64::from(self.micros[at]) / 1000.0
    }

    /// Joins slices of the same measurement that were of the same length.
    pub fn join(slices: Vec<Figures>) -> Figures {
        let n = u32::try_from(slices.len().max(1)).unwrap_or(1);
        let mut all = Figures::default();
        for slice in slices {
            all.rate += slice.rate / f64::from(n);
            all.micros.extend(slice.micros);
            for (status, count) in slice.others {
                *all.others.entry(status).or_default() += count;
            }
        }
        all.micros.sort_unstable();
        all
    }
}

/// Makes the n-th request of a client.
pub type Maker = Arc<dyn Fn(usize, usize) -> Vec<u8> + Send + Sync>;

/// Loads the server for so long. `make(client, n)` is the client's n-th request; `status` is the wanted answer.
pub async fn load(
    address: &str,
    clients: usize,
    length: Duration,
    status: u16,
    make: Maker,
) -> Result<Figures, Failure> {
    let begun = Instant::now();
    let end = begun + length;
    let mut running = Vec::new();
    for client in 0..clients {
        let (address, make) = (address.to_owned(), make.clone());
        running.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let (mut micros, mut others) = (Vec::new(), BTreeMap::new());
            let mut n = 0;
            while Instant::now() < end {
                let request = make(client, n);
                n += 1;
                let sent = Instant::now();
                let answer = connection.ask(&request).await?;
                micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                if answer.status != status {
                    if *others
                        .entry(answer.status)
                        .and_modify(|c| *c += 1)
                        .or_insert(1_usize)
                        == 1
                    {
                        eprintln!("  {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
                    }
                    micros.pop();
                }
            }
            Ok::<_, std::io::Error>((micros, others))
        }));
    }
    let mut all = Figures::default();
    for client in running {
        let (micros, others) = client.await??;
        all.micros.extend(micros);
        for (status, count) in others {
            *all.others.entry(status).or_default() += count;
        }
    }
    all.micros.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
    let answers = all.micros.len() as f64;
    all.rate = answers / begun.elapsed().as_secs_f64();
    Ok(all)
}
