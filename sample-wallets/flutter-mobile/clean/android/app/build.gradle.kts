plugins { id("com.android.application") version "8.13.0" }
android {
    namespace = "org.heron.wallet"
    compileSdk = 36
    defaultConfig {
        applicationId = "org.heron.wallet"
        minSdk = 30
        targetSdk = 36
    }
    buildTypes {
        release { isMinifyEnabled = true }
    }
}
