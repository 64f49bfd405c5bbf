//! The mouse and the keyboard, where a click on a test id does not do.

use std::time::Duration;

use fantoccini::actions::{
    Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE,
    MOUSE_BUTTON_RIGHT, MouseActions, PointerAction,
};
use fantoccini::{Client, Locator};
use serde_json::json;

use crate::{Error, Result, Window};

/// The keys that are held while the mouse is pressed, as WebDriver names them.
const CONTROL: char = '\u{e009}';
const SHIFT: char = '\u{e008}';

/// How something is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The left button.
    Click,
    /// The left button with the control key.
    ControlClick,
    /// The left button with the shift key.
    ShiftClick,
    /// The middle button.
    MiddleClick,
    /// The right button, which asks for a menu.
    RightClick,
    /// The left button, moved away before it is released.
    Drag,
    /// The enter key on the focused element.
    Enter,
}

impl Press {
    /// Every way.
    pub const ALL: [Self; 7] = [
        Self::Click,
        Self::ControlClick,
        Self::ShiftClick,
        Self::MiddleClick,
        Self::RightClick,
        Self::Drag,
        Self::Enter,
    ];
}

impl Window {
    /// Presses the first element of a selector in this way.
    ///
    /// # Errors
    /// When there is no such element, or the driver refuses.
    pub async fn press(&self, selector: &str, press: Press) -> Result<()> {
        if press == Press::Enter {
            let focus = "document.querySelector(arguments[0]).focus()";
            self.script::<()>(focus, vec![json!(selector)]).await?;
            return self.keys("\u{e007}").await;
        }
        let show = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
        self.script::<()>(show, vec![json!(selector)]).await?;
        let client: &Client = self.client();
        let element = client
            .find(Locator::Css(selector))
            .await
            .map_err(Error::driver(format!("finding {selector}")))?;
        let (button, key) = match press {
            Press::MiddleClick => (MOUSE_BUTTON_MIDDLE, None),
            Press::RightClick => (MOUSE_BUTTON_RIGHT, None),
            Press::ControlClick => (MOUSE_BUTTON_LEFT, Some(CONTROL)),
            Press::ShiftClick => (MOUSE_BUTTON_LEFT, Some(SHIFT)),
            Press::Click | Press::Drag | Press::Enter => (MOUSE_BUTTON_LEFT, None),
        };
        let pause = Duration::from_millis(20);
        let mut mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::Pause { duration: pause })
            .then(PointerAction::MoveToElement {
                element,
                duration: None,
                x: 0.0,
                y: 0.0,
            })
            .then(PointerAction::Down { button });
        if press == Press::Drag {
            for _ in 0..4 {
                mouse = mouse.then(PointerAction::MoveBy {
                    duration: Some(pause),
                    x: 20.0,
                    y: 20.0,
                });
            }
        }
        mouse = mouse.then(PointerAction::Up { button });
        let mut actions = Actions::from(mouse);
        if let Some(value) = key {
            let keyboard = KeyActions::new("keyboard".to_owned())
                .then(KeyAction::Down { value })
                .then(KeyAction::Pause { duration: pause })
                .then(KeyAction::Pause { duration: pause })
                .then(KeyAction::Pause { duration: pause })
                .then(KeyAction::Up { value });
            actions = actions.and(keyboard);
        }
        client
            .perform_actions(actions)
            .await
            .map_err(Error::driver(format!("{press:?} on {selector}")))
    }

    /// Types where the keyboard is.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        let doing = || Error::driver("typing".to_owned());
        let focused = self.client().active_element().await.map_err(doing())?;
        focused.send_keys(keys).await.map_err(doing())
    }
}
