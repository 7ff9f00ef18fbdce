//go:build race

package app

// raceDetector says that everything takes four times as long, and the simulation ten.
const raceDetector = true
