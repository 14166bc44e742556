plugins { id("com.android.application") }
android {
    namespace = "org.heron.wallet"
    defaultConfig {
        applicationId = "org.heron.wallet"
        minSdk = 21
        targetSdk = 35
    }
    buildTypes {
        release { isMinifyEnabled = false }
    }
}
