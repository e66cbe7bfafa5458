//! Scans that come at the same time are looked up together.
//!
//! While the database is busy with some, those that come in gather, and the next statement answers all of them: the round
//! trip, the statement's set-up and the waking of a backend are paid once and not for each. A scan that comes alone goes alone,
//! at once. What is answered was read after it was asked.

use crate::connections::Connections;
use db::assets::AssetRecord;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Statements at work at once: one for each core that PostgreSQL and we share would be enough, two let one be answered while
/// another is read.
const AT_ONCE: usize = 2;
/// Most that one statement looks up.
const MOST: usize = 64;

/// A scan that waits for the next statement. Who is not answered asks alone.
struct Question {
    serial: String,
    answer: oneshot::Sender<Option<AssetRecord>>,
}

#[derive(Default)]
struct Desk {
    at_work: usize,
    asked: Vec<Question>,
}

/// The look-ups of a shop. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct LookUps(Arc<Mutex<Desk>>);

impl std::fmt::Debug for LookUps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LookUps").field(&self.held().at_work).finish()
    }
}

impl LookUps {
    fn held(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device with this serial number, whatever its case and spaces.
    pub async fn by_serial(
        &self,
        connections: &Connections,
        serial: &str,
    ) -> Result<Option<AssetRecord>, sqlx::Error> {
        let answered = {
            let mut desk = self.held();
            if desk.at_work < AT_ONCE {
                desk.at_work += 1;
                None
            } else {
                let (answer, answered) = oneshot::channel();
                let serial = serial.to_owned();
                desk.asked.push(Question { serial, answer });
                Some(answered)
            }
        };
        if let Some(answered) = answered {
            if let Ok(found) = answered.await {
                return Ok(found);
            }
            return db::assets::asset_find_by_serial(&mut *connections.take().await?, serial).await;
        }
        let _turn = Turn {
            look_ups: self.clone(),
            connections: connections.clone(),
        };
        db::assets::asset_find_by_serial(&mut *connections.take().await?, serial).await
    }
}

/// One of the statements at work. When it ends, whatever way, those who asked meanwhile are next.
struct Turn {
    look_ups: LookUps,
    connections: Connections,
}

impl Turn {
    /// Answers those who wait, or steps down when nobody does.
    async fn go_on(self) {
        loop {
            let asked = {
                let mut desk = self.look_ups.held();
                let count = desk.asked.len().min(MOST);
                desk.asked.drain(..count).collect::<Vec<_>>()
            };
            if asked.is_empty() {
                return;
            }
            let (serials, mut answers): (Vec<_>, Vec<_>) =
                (asked.into_iter().map(|q| (q.serial, Some(q.answer)))).unzip();
            let Ok(mut conn) = self.connections.take().await else {
                continue; // they ask alone, and hear why it fails
            };
            let Ok(found) = db::assets::assets_find_by_serials(&mut conn, &serials).await else {
                continue;
            };
            drop(conn);
            for (place, record) in found {
                if let Some(answer) = answers.get_mut(place).and_then(Option::take) {
                    // Who has gone meanwhile needs no answer.
                    let _ = answer.send(Some(record));
                }
            }
            for answer in answers.into_iter().flatten() {
                let _ = answer.send(None);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut desk = self.look_ups.held();
        desk.at_work -= 1;
        if desk.asked.is_empty() {
            return;
        }
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                desk.at_work += 1;
                let next = Turn {
                    look_ups: self.look_ups.clone(),
                    connections: self.connections.clone(),
                };
                drop(desk);
                runtime.spawn(next.go_on());
            }
            Err(_) => desk.asked.clear(),
        }
    }
}
