//! The steps that send the key: whether the endpoint takes it, whether the model may be used, what
//! it says about thinking, and the first word of an answer.

use super::finding::{Finding, Fix};
use super::run::{Key, Outcome, Run, milliseconds_since};
use super::step::{DoctorEvent, StepId};
use super::switch::is_official;
use super::vendor;
use crate::{Failure, FailureKind};
use dashscope::catalogue::{Catalogue, Thinking};
use dashscope::{
    ApiKey, ChatRequest, Endpoint, EndpointKind, Event, EventStream, Parameters, Part, Protocol,
    Turn,
};
use futures_util::StreamExt as _;
use network::Origin;
use std::time::Instant;

/// The one short question, and the most tokens its answer may have: the stream is closed at its
/// first word, and this bounds what a server that does not notice would charge for.
const QUESTION: &str = "Say hi.";
const LONGEST_ANSWER: u32 = 16;

/// What asking the one question came to.
enum Asked {
    /// The stream is open and its first event was seen.
    Open(Box<EventStream>),
    /// It was refused or broke.
    Refused(Failure),
    /// Nothing came in time.
    Silent,
}

impl<T: Fn(DoctorEvent) + Send + Sync> Run<'_, T> {
    /// Every step that needs the service, up to the first that is broken.
    pub(super) async fn service(&mut self, answered: bool, key_fits: bool) {
        const STEPS: [StepId; 4] = [
            StepId::KeyRegion,
            StepId::Model,
            StepId::Thinking,
            StepId::Stream,
        ];
        let hindrance = match &self.key {
            _ if !answered => Some(Finding::AfterBreak),
            Key::NoAccount | Key::Unread => Some(Finding::NoAccount),
            Key::Failed => Some(Finding::KeyUnread),
            _ if !key_fits => Some(Finding::AfterBreak),
            Key::NotNeeded | Key::None | Key::Read(_) => None,
        };
        if let (None, Some(endpoint)) = (&hindrance, &self.subject.endpoint) {
            let key = self.api_key();
            if let Some(listed) = self.key_region(endpoint, key.as_ref()).await {
                self.model(endpoint, key.as_ref(), listed.as_deref()).await;
            }
        }
        self.skip_unseen(&STEPS, &hindrance.unwrap_or(Finding::AfterBreak));
    }

    /// The key with the origin it was saved for, which decides who may receive it.
    fn api_key(&self) -> Option<ApiKey> {
        let Key::Read(stored) = &self.key else {
            return None;
        };
        let bound: Origin = stored.origin.parse().ok()?;
        Some(ApiKey::new(stored.secret.clone(), bound))
    }

    /// The models the endpoint lists, `Some(None)` when it has no list, `None` when it refused.
    async fn key_region(
        &mut self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
    ) -> Option<Option<Vec<String>>> {
        let started = self.begin(StepId::KeyRegion);
        let failure = match self.doctor.client.models(endpoint, key).await {
            Ok(models) => {
                let outcome = Outcome::passed(Finding::KeyAccepted {
                    models: u32::try_from(models.len()).unwrap_or(u32::MAX),
                });
                self.finish(StepId::KeyRegion, started, outcome);
                return Some(Some(models));
            }
            Err(error) => Failure::from(error),
        };
        if has_no_model_list(endpoint, &failure) {
            self.finish(
                StepId::KeyRegion,
                started,
                Outcome::passed(Finding::KeyUntested),
            );
            return Some(None);
        }
        let outcome = if failure.kind == FailureKind::KeyRefused && is_official(endpoint) {
            self.elsewhere(endpoint).await
        } else {
            vendor::outcome(&failure, &self.subject.model)
        };
        self.finish(StepId::KeyRegion, started, outcome);
        None
    }

    /// Asks the other official regions whether they take the key, with consent only. The vendor's
    /// refusal does not say where a key belongs.
    async fn elsewhere(&self, refused_by: &Endpoint) -> Outcome {
        if !self.checkup.other_regions {
            return Outcome::failed(Finding::KeyRefused { everywhere: false }, Fix::FindRegion);
        }
        let Key::Read(stored) = &self.key else {
            return Outcome::failed(Finding::KeyRefused { everywhere: false }, Fix::ReplaceKey);
        };
        let client = &self.doctor.client;
        let mut everywhere = true;
        for region in client.regions().probe_order() {
            let Some(endpoint) = Endpoint::of_region(region) else {
                continue;
            };
            if Some(&region.id) == refused_by.region() {
                continue;
            }
            // The user agreed that each official host may see it.
            let key = ApiKey::new(stored.secret.clone(), endpoint.origin().clone());
            match client.models(&endpoint, Some(&key)).await {
                Ok(_models) => {
                    let region = region.id.to_string();
                    let finding = Finding::KeyOfRegion {
                        region: region.clone(),
                    };
                    return Outcome::failed(finding, Fix::SwitchRegion { region });
                }
                Err(error) => everywhere &= Failure::from(error).kind == FailureKind::KeyRefused,
            }
        }
        Outcome::failed(Finding::KeyRefused { everywhere }, Fix::ReplaceKey)
    }

    async fn model(
        &mut self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
        listed: Option<&[String]>,
    ) {
        let started = self.begin(StepId::Model);
        if !self.checkup.ask {
            self.finish(StepId::Model, started, self.by_list(listed));
            let started = self.begin(StepId::Thinking);
            self.finish(StepId::Thinking, started, self.by_catalogue());
            self.skip(StepId::Stream, &Finding::NotAsked);
            return;
        }
        match self.ask(endpoint, key).await {
            Asked::Open(stream) => {
                let model = self.subject.model.clone();
                let outcome = Outcome::passed(Finding::ModelAnswered { model });
                self.finish(StepId::Model, started, outcome);
                self.finish(StepId::Thinking, Instant::now(), self.by_catalogue());
                self.first_word(stream, started).await;
            }
            Asked::Silent => {
                self.finish(StepId::Model, started, self.by_list(listed));
                self.finish(StepId::Thinking, Instant::now(), self.by_catalogue());
                let outcome = Outcome::failed(Finding::SilentStream, Fix::RunAgain);
                self.finish(StepId::Stream, started, outcome);
            }
            Asked::Refused(failure) if is_about_thinking(&failure) => {
                self.finish(StepId::Model, started, self.by_list(listed));
                let outcome = Outcome::failed(Finding::ThinkingNotTaken, Fix::ThinkingDefault);
                self.finish(StepId::Thinking, Instant::now(), outcome);
            }
            Asked::Refused(failure) if vendor::is_of_the_stream(failure.kind) => {
                self.finish(StepId::Model, started, self.by_list(listed));
                self.finish(StepId::Thinking, Instant::now(), self.by_catalogue());
                let outcome = vendor::outcome(&failure, &self.subject.model);
                self.finish(StepId::Stream, started, outcome);
            }
            Asked::Refused(failure) => {
                let outcome = vendor::outcome(&failure, &self.subject.model);
                self.finish(StepId::Model, started, outcome);
            }
        }
    }

    /// What the list says about the model, without asking it.
    fn by_list(&self, listed: Option<&[String]>) -> Outcome {
        let model = self.subject.model.clone();
        match listed {
            None => Outcome::skipped(Finding::NotAsked),
            Some(models) if models.contains(&model) => {
                Outcome::passed(Finding::ModelListed { model })
            }
            Some(_) => Outcome::warned(Finding::ModelNotListed { model }, Fix::AskOnce),
        }
    }

    /// What the catalogue says about thinking: requests are cut to it before they leave.
    fn by_catalogue(&self) -> Outcome {
        let known = Catalogue::bundled().get(&self.subject.model);
        match known.map(|model| model.thinking) {
            None | Some(Thinking::Unknown) => Outcome::passed(Finding::ThinkingNotSent),
            Some(Thinking::Never | Thinking::Always | Thinking::HybridOn | Thinking::HybridOff) => {
                Outcome::passed(Finding::ThinkingFits)
            }
        }
    }

    async fn ask(&self, endpoint: &Endpoint, key: Option<&ApiKey>) -> Asked {
        let request = ChatRequest {
            id: None,
            earlier_tries: 0,
            begins_with: String::new(),
            model: self.subject.model.clone(),
            turns: vec![Turn::User(vec![Part::Text(QUESTION.to_owned())])],
            parameters: Parameters {
                max_tokens: Some(LONGEST_ANSWER),
                enable_thinking: self.checkup.thinking,
                ..Parameters::default()
            },
        };
        let account = self.subject.account.as_ref();
        let protocol = match account.map(|account| account.protocol.as_str()) {
            Some("native") => Protocol::Native,
            _ => Protocol::Compatible,
        };
        let opened = self.doctor.client.chat(endpoint, key, protocol, &request);
        match tokio::time::timeout(self.doctor.first_word, opened).await {
            Ok(Ok(stream)) => Asked::Open(Box::new(stream)),
            Ok(Err(error)) => Asked::Refused(Failure::from(error)),
            Err(_elapsed) => Asked::Silent,
        }
    }

    /// Waits for the first word and closes the stream.
    async fn first_word(&mut self, mut stream: Box<EventStream>, asked: Instant) {
        self.begin(StepId::Stream);
        let rest = self.doctor.first_word.saturating_sub(asked.elapsed());
        let word = tokio::time::timeout(rest, async {
            loop {
                match stream.next().await {
                    Some(Event::Text(_) | Event::Thinking(_) | Event::ToolCall(_)) => {
                        return Ok(());
                    }
                    Some(Event::Failed(error)) => return Err(Some(Failure::from(error))),
                    Some(Event::Finished(_)) | None => return Err(None),
                    Some(Event::Started { .. } | Event::Sources(_) | Event::Usage(_)) => {}
                }
            }
        })
        .await;
        let outcome = match word {
            Ok(Ok(())) => Outcome::passed(Finding::Streamed {
                milliseconds: milliseconds_since(asked),
            }),
            Ok(Err(Some(failure))) => vendor::outcome(&failure, &self.subject.model),
            Ok(Err(None)) => Outcome::failed(Finding::StreamBroke, Fix::RunAgain),
            Err(_elapsed) => Outcome::failed(Finding::SilentStream, Fix::RunAgain),
        };
        self.finish(StepId::Stream, asked, outcome);
    }
}

/// The vendor has no code of its own for it.
fn is_about_thinking(failure: &Failure) -> bool {
    let said = failure.message.as_deref().unwrap_or_default();
    matches!(
        failure.kind,
        FailureKind::UnsupportedByModel | FailureKind::InvalidRequest
    ) && said.to_ascii_lowercase().contains("thinking")
}

/// The model list is undocumented; an address of the user's own may do without it.
fn has_no_model_list(endpoint: &Endpoint, failure: &Failure) -> bool {
    failure.status == Some(404)
        && matches!(
            endpoint.kind(),
            EndpointKind::Custom
                | EndpointKind::CodingPlan
                | EndpointKind::TokenPlan
                | EndpointKind::Local
        )
}
