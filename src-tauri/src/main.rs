//! Starts DashDesk.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    dashdesk::run();
}
