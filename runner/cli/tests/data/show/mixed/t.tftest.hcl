run "p" {
 command = plan
}
run "a" {}
run "q" {
 command = plan
 variables {
 s = "other"
w=2
}
}
run "e" {
 module { 
 source = "./e" 
 }
}
run "ep" {
 command = plan
 module { 
 source = "./e" 
 }
}